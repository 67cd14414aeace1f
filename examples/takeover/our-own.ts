// Step 2: the same objects, now Jobstack's: one signed wake-up for each statement, claims, leases, retries. What step 1
// imported moves into the components that declare the same objects under the same names.
import * as jobstack from "../../infra/jobstack.ts";
import { connect } from "./settings.ts";

export default async function ourOwn(): Promise<void> {
  const { provider, cronSecret } = connect();
  const core = new jobstack.QueueCore("core", { exporterPassword: cronSecret }, { provider });
  new jobstack.Secret("CRON_SECRET", { name: "CRON_SECRET", value: cronSecret }, { provider });
  const jobs = new jobstack.JobQueue(
    "jobs",
    {
      table: { schema: "public", name: "jobs" },
      maxAttempts: 3,
      wake: {
        url: "https://abcdefghijklmnopqrst.supabase.co/functions/v1/job-worker",
        secret: "CRON_SECRET",
        trigger: "on_job_insert",
        function: "trigger_job_worker",
      },
    },
    { provider, dependsOn: core.ready },
  );
  new jobstack.SqlFunction(
    "public.trigger_all_pending_jobs",
    {
      schema: "public",
      name: "trigger_all_pending_jobs",
      definition: `create or replace function public.trigger_all_pending_jobs() returns int
        language sql security definer set search_path = ''
        as $$ select jobstack.wake_all_pending('jobs') $$`,
    },
    { provider, dependsOn: jobs.ready },
  );
  new jobstack.CronSchedule("job-worker-poll", { every: "30 seconds", call: { poll: jobs } }, { provider });
}
