import { increase, maxBy, minBy, quantile, rate, selected, sumBy } from "../selector.ts";

const job = { job_name: "$job_name" } as const;
const byJob = ["environment", "job_name", "database"] as const;
const byEnvironment = ["environment"] as const;

export const schedulerUp = minBy(byEnvironment, selected("pg_cron_scheduler_up"));
export const logRun = minBy(byEnvironment, selected("pg_cron_log_run_enabled"));
export const running = maxBy(byEnvironment, selected("pg_cron_running_jobs"));
export const maxRunning = maxBy(byEnvironment, selected("pg_cron_max_running_jobs"));
export const historyRows = maxBy(byEnvironment, selected("pg_cron_run_history_estimated_rows"));
export const historyBytes = maxBy(byEnvironment, selected("pg_cron_run_history_size_bytes"));
export const historyOldest = maxBy(byEnvironment, selected("pg_cron_run_history_oldest_timestamp_seconds"));

export const info = maxBy([...byJob, "schedule", "username"], selected("pg_cron_job_info", job));
export const active = maxBy(byJob, selected("pg_cron_job_active", job));
export const lastStart = maxBy(byJob, selected("pg_cron_job_last_run_start_timestamp_seconds", job));
export const lastEnd = maxBy(byJob, selected("pg_cron_job_last_run_end_timestamp_seconds", job));
export const lastDuration = maxBy(byJob, selected("pg_cron_job_last_run_duration_seconds", job));
export const lastSuccess = maxBy(byJob, selected("pg_cron_job_last_success_timestamp_seconds", job));
export const lastStatus = `${maxBy([...byJob, "status"], selected("pg_cron_job_last_run_status", job))} == 1`;
export const expected = maxBy(byJob, selected("pg_cron_job_expected_run_timestamp_seconds", job));
export const next = maxBy(byJob, selected("pg_cron_job_next_run_timestamp_seconds", job));
export const interval = maxBy(byJob, selected("pg_cron_job_schedule_interval_seconds", job));
export const failuresInARow = maxBy(byJob, selected("pg_cron_job_consecutive_failures", job));
export const sinceSuccess = `time() - ${lastSuccess}`;
export const openRun = `time() - ${maxBy(byJob, selected("pg_cron_job_open_run_start_timestamp_seconds", job))}`;
export const runs = sumBy([...byJob, "status"], increase(selected("pg_cron_job_runs_total", job)));
export const failures = sumBy([...byJob, "reason"], increase(selected("pg_cron_job_failures_total", job)));
export const missed = sumBy(byJob, increase(selected("pg_cron_job_missed_runs_total", job)));
export const duration = quantile(0.95, byJob, selected("pg_cron_job_run_duration_seconds_bucket", job));
export const startDelay = quantile(0.95, byJob, selected("pg_cron_job_start_delay_seconds_bucket", job));
export const late = `${sumBy(byJob, rate(selected("pg_cron_job_start_delay_seconds_count", job)))} - ${sumBy(byJob, rate(selected("pg_cron_job_start_delay_seconds_bucket", { ...job, le: "10" })))}`;

/** Of all jobs, where no variable chooses one. */
export const all = {
  failing: `count by (environment) (${selected("pg_cron_job_consecutive_failures")} > 0) or ${maxBy(byEnvironment, selected("pg_cron_scheduler_up"))} * 0`,
  missed: sumBy(byEnvironment, increase(selected("pg_cron_job_missed_runs_total"))),
  failures: sumBy(byJob, increase(selected("pg_cron_job_runs_total", { status: "failed" }))),
};
