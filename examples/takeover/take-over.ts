// Step 1: everything that was made by hand, declared in its own words. The preview shows imports and nothing else.
import * as jobstack from "../../infra/jobstack.ts";
import { connect, readSql } from "./settings.ts";

/** By `adopt` instead of `import` no ids are needed, and the preview says "create" for what is only taken over. */
export default async function takeOver(how: "import" | "adopt" = "import"): Promise<void> {
  const { provider, cronSecret } = connect();
  const existing = (id: string) => (how === "import" ? { provider, import: id } : { provider });
  const adopt = how === "adopt";
  for (const name of ["trigger_job_worker", "trigger_all_pending_jobs"]) {
    new jobstack.SqlFunction(
      `public.${name}`,
      { schema: "public", name, definition: readSql(name), adopt },
      existing(`public.${name}`),
    );
  }
  new jobstack.Trigger(
    "public.jobs.on_job_insert",
    { schema: "public", table: "jobs", name: "on_job_insert", definition: readSql("on_job_insert"), adopt },
    existing("public.jobs.on_job_insert"),
  );
  new jobstack.CronJob(
    "job-worker-poll",
    { name: "job-worker-poll", schedule: "*/30 * * * *", command: readSql("job_worker_poll"), adopt },
    existing("job-worker-poll"),
  );
  // In Vault and in the functions' environment, where it must be the same.
  new jobstack.Secret(
    "CRON_SECRET",
    { name: "CRON_SECRET", value: cronSecret, adopt },
    existing("CRON_SECRET"),
  );
}
