import { defineCollector, hasExtension } from "../collector.ts";
import { type CronJobRow, labelCronJobs } from "../cron-job-labels.ts";
import { sample } from "../sample.ts";

/** The jobs as they are declared in cron.job. Their commands never leave the database. */
export const cronJobs = defineCollector({
  name: "cron_jobs",
  metrics: ["pg_cron_job_info", "pg_cron_job_active"],
  predicate: hasExtension("pg_cron"),
  timeoutMs: 2000,
  minIntervalMs: 4000,
  async collect({ query }) {
    return { samples: cronJobSamples(await query<CronJobRow>("select * from jobstack.metrics_cron_jobs()")) };
  },
});

export function cronJobSamples(jobs: readonly CronJobRow[]) {
  const labels = labelCronJobs(jobs);
  return jobs.flatMap(({ jobid, schedule, username, active }) => {
    const job = labels.get(jobid);
    if (!job) return [];
    return [
      ...sample("pg_cron_job_info", { ...job, jobid: String(jobid), schedule, username }, 1),
      ...sample("pg_cron_job_active", job, active),
    ];
  });
}
