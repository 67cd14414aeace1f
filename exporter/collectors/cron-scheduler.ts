import { defineCollector, hasExtension } from "../collector.ts";
import { sample } from "../sample.ts";

/** A row of jobstack.metrics_cron_scheduler(). */
export interface CronSchedulerRow {
  launcher_up: boolean | null;
  log_run: boolean | null;
  max_running_jobs: number | null;
  history_rows: number | null;
  history_bytes: number | null;
  history_oldest: number | null;
}

/** pg_cron's launcher, and how large its history has grown. */
export const cronScheduler = defineCollector({
  name: "cron_scheduler",
  metrics: [
    "pg_cron_scheduler_up",
    "pg_cron_log_run_enabled",
    "pg_cron_max_running_jobs",
    "pg_cron_run_history_estimated_rows",
    "pg_cron_run_history_size_bytes",
    "pg_cron_run_history_oldest_timestamp_seconds",
  ],
  predicate: hasExtension("pg_cron"),
  timeoutMs: 2000,
  minIntervalMs: 4000,
  async collect({ query }) {
    const rows = await query<CronSchedulerRow>("select * from jobstack.metrics_cron_scheduler()");
    return { samples: rows.flatMap(cronSchedulerSamples) };
  },
});

export function cronSchedulerSamples(row: CronSchedulerRow) {
  return [
    ...sample("pg_cron_scheduler_up", {}, row.launcher_up),
    ...sample("pg_cron_log_run_enabled", {}, row.log_run),
    ...sample("pg_cron_max_running_jobs", {}, row.max_running_jobs),
    ...sample("pg_cron_run_history_estimated_rows", {}, row.history_rows),
    ...sample("pg_cron_run_history_size_bytes", {}, row.history_bytes),
    ...sample("pg_cron_run_history_oldest_timestamp_seconds", {}, row.history_oldest),
  ];
}
