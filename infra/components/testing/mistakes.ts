// Checked by the compiler alone, in `npm run check`: none of these mistakes compiles, and what stands above each does.
import { CronSchedule } from "../cron-schedule.ts";
import { EdgeFunctions } from "../edge-functions.ts";
import { JobQueue } from "../job-queue.ts";
import { StuckJobAlert } from "../stuck-job-alert.ts";

/** Never called. */
export function makeMistakes(queue: JobQueue): void {
  const place = { root: ".", url: "https://example.com/functions/v1" };
  const functions = new EdgeFunctions("app", {
    ...place,
    functions: { digest: {}, "cron-tick": { verifyJwt: false } },
  });
  const call = functions.call("cron-tick", { secret: "CRON_SECRET" });

  new CronSchedule("tick", { every: "1 minute", call });
  // @ts-expect-error: no schedule
  new CronSchedule("tick", { call });
  // @ts-expect-error: two schedules
  new CronSchedule("tick", { every: "1 minute", schedule: "* * * * *", call });
  // @ts-expect-error: nothing to do
  new CronSchedule("tick", { every: "1 minute" });

  new CronSchedule("tick", { every: "1 minute", call: { poll: queue } });
  // @ts-expect-error: a queue is named by its component
  new CronSchedule("tick", { every: "1 minute", call: { poll: "mail" } });
  // @ts-expect-error: two things to do
  new CronSchedule("tick", { every: "1 minute", call: { poll: queue, sql: "select 1" } });
  // @ts-expect-error: a call that EdgeFunctions did not make
  new CronSchedule("tick", { every: "1 minute", call: { ...call } });

  // @ts-expect-error: no such function
  functions.call("cron-tock", { secret: "CRON_SECRET" });
  // @ts-expect-error: no such function
  functions.url("cron-tock");
  // @ts-expect-error: no such function
  functions.functions.tock;

  functions.call("digest", { auth: "bearer", secret: "SERVICE_ROLE_KEY" });
  // @ts-expect-error: the gateway would refuse the signed token
  functions.call("digest", { secret: "CRON_SECRET" });
  // @ts-expect-error: no secret to sign with
  functions.call("cron-tick", {});
  // @ts-expect-error: a secret that nothing uses
  functions.call("cron-tick", { auth: "none", secret: "CRON_SECRET" });
  // @ts-expect-error: only a signed token has an audience
  functions.call("cron-tick", { auth: "bearer", secret: "CRON_SECRET", audience: "cron-tick" });
  // @ts-expect-error: the time limit is in milliseconds
  functions.call("cron-tick", { secret: "CRON_SECRET", timeoutMs: "5 seconds" });

  // @ts-expect-error: a misspelt setting
  new EdgeFunctions("app", { ...place, functions: { digest: { verifyJWT: false } } });

  // @ts-expect-error: nothing to wake
  new JobQueue("mail", { table: { schema: "public", name: "mails" } });

  const stuck = { queue, olderThanSeconds: 3600, moreThan: 100 };
  new StuckJobAlert("stuck", { ...stuck, url: "https://example.com" });
  // @ts-expect-error: nobody to tell
  new StuckJobAlert("stuck", stuck);
  // @ts-expect-error: two addresses
  new StuckJobAlert("stuck", { ...stuck, url: "https://example.com", urlSecret: "HOOK_URL" });
  // @ts-expect-error: two schedules
  new StuckJobAlert("stuck", { ...stuck, urlSecret: "HOOK_URL", every: "1 hour", schedule: "@hourly" });
  // @ts-expect-error: a queue is named by its component
  new StuckJobAlert("stuck", { ...stuck, urlSecret: "HOOK_URL", queue: "mail" });
}
