import { describe, expect, it } from "vitest";
import { CronSchedule, type CronScheduleArgs } from "./cron-schedule.ts";
import { EdgeFunctions } from "./edge-functions.ts";
import { JobQueue } from "./job-queue.ts";
import { declare, inputsOf } from "./testing/declare.ts";

function declareFunctions() {
  return new EdgeFunctions("app", {
    root: "/project",
    url: "https://example.com/functions/v1",
    functions: { digest: {}, tick: { slug: "tick-staging", verifyJwt: false } },
  });
}

async function cronJob(args: () => CronScheduleArgs, preview: boolean) {
  const declared = await declare(() => new CronSchedule("nightly", args()), preview);
  return inputsOf(declared, "CronJob", "nightly");
}

describe.each([true, false])("CronSchedule (preview: %s)", (preview) => {
  it("runs a statement as it is", async () => {
    const args = { schedule: "@daily", call: { sql: "select 1" }, active: false } as const;
    expect(await cronJob(() => args, preview)).toEqual({
      name: "nightly",
      schedule: "@daily",
      command: "select 1",
      active: false,
    });
  });

  it("looks after a queue", async () => {
    const args = (): CronScheduleArgs => ({
      every: "30 seconds",
      call: {
        poll: new JobQueue("mail", {
          table: { schema: "public", name: "mails" },
          wake: { url: "https://example.com", secret: "KEY", trigger: "on_mail", function: "wake_mailer" },
        }),
      },
    });
    expect(await cronJob(args, preview)).toEqual({
      name: "nightly",
      every: "30 seconds",
      command: "select jobstack.poll('mail')",
    });
  });

  it("calls a function with a token that is meant for its slug", async () => {
    const call = () => declareFunctions().call("tick", { secret: "CRON_SECRET", body: { all: true } });
    expect(await cronJob(() => ({ every: "1 minute", call: call() }), preview)).toMatchObject({
      command:
        "select jobstack.call_function(p_name => 'nightly', p_url => 'https://example.com/functions/v1/tick-staging'," +
        ` p_secret => 'CRON_SECRET', p_audience => 'tick-staging', p_body => '{"all":true}')`,
    });
  });

  it.each([
    [{ auth: "bearer", secret: "SERVICE_ROLE_KEY" } as const, ", p_secret => 'SERVICE_ROLE_KEY'"],
    [{ auth: "none" } as const, ""],
  ])("calls a function with %j", async (options, rest) => {
    const call = () => declareFunctions().call("digest", options);
    expect(await cronJob(() => ({ every: "1 minute", call: call() }), preview)).toMatchObject({
      command: `select jobstack.call_function(p_name => 'nightly', p_url => 'https://example.com/functions/v1/digest'${rest})`,
    });
  });
});
