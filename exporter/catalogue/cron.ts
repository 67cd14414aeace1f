import type { MetricDefinition } from "./metric-definition.ts";

/** Why a run of pg_cron failed; the closed set of the label `reason`. */
export const cronFailures = [
  "startup_timeout",
  "connection",
  "server_restarted",
  "canceled",
  "error",
] as const;

/** A cron job's name is unique per database only together with its owner: see `labelCronJobs`. */
const cronJob = { job_name: "any", database: "any" } as const;

/** What is known of pg_cron: its scheduler, its jobs and their runs. */
export const cronMetrics = {
  pg_cron_job_info: {
    type: "gauge",
    unit: "info",
    help: "Always 1; carries what is known of a pg_cron job besides its name.",
    labels: { ...cronJob, jobid: "any", schedule: "any", username: "any" },
  },
  pg_cron_job_active: {
    type: "gauge",
    unit: "boolean",
    help: "Whether the scheduler starts the job (1) or it is switched off (0).",
    labels: cronJob,
  },
  pg_cron_job_runs_total: {
    type: "counter",
    unit: "count",
    help: "Finished runs by outcome since the exporter first saw this database; survives restarts and pruned history.",
    labels: { ...cronJob, status: ["succeeded", "failed"] },
  },
  pg_cron_job_run_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "Duration of finished runs, each observed once; runs without a start or end time are left out.",
    labels: cronJob,
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800, 3600],
  },
  pg_cron_job_failures_total: {
    type: "counter",
    unit: "count",
    help: "Failed runs by what pg_cron says of them: no process or connection in time, cut off, or the error of its SQL.",
    labels: { ...cronJob, reason: cronFailures },
  },
  pg_cron_job_start_delay_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "How long after its due time each run began. Runs that wait for the one before are late by that.",
    labels: cronJob,
    buckets: [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600],
  },
  pg_cron_job_missed_runs_total: {
    type: "counter",
    unit: "count",
    help: "Due times at which no run began within a minute while none was under way, of jobs that were active then.",
    labels: cronJob,
  },
  pg_cron_job_expected_run_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "When the job was last due; absent for jobs that are not active or due only at a start of the server.",
    labels: cronJob,
  },
  pg_cron_job_next_run_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "When the job is due next, in pg_cron's time zone; absent like the last due time.",
    labels: cronJob,
  },
  pg_cron_job_schedule_interval_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "Time from the last due time to the next.",
    labels: cronJob,
  },
  pg_cron_job_last_run_start_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "Start of the newest run, finished or not.",
    labels: cronJob,
  },
  pg_cron_job_last_run_end_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "End of the newest finished run.",
    labels: cronJob,
  },
  pg_cron_job_last_run_duration_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "Duration of the newest finished run.",
    labels: cronJob,
  },
  pg_cron_job_last_run_status: {
    type: "gauge",
    unit: "boolean",
    help: "1 for the status of the newest run, 0 for the others; starting includes connecting and sending.",
    labels: { ...cronJob, status: ["starting", "running", "succeeded", "failed"] },
  },
  pg_cron_job_last_success_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "End of the newest succeeded run.",
    labels: cronJob,
  },
  pg_cron_job_consecutive_failures: {
    type: "gauge",
    unit: "count",
    help: "Failed runs since the newest succeeded one; 0 when the newest finished run succeeded.",
    labels: cronJob,
  },
  pg_cron_job_open_run_start_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "Start of the run that is under way, or when it was first seen if it has not started; absent when none is, or when its process is gone.",
    labels: cronJob,
  },
  pg_cron_running_jobs: {
    type: "gauge",
    unit: "count",
    help: "Jobs with a run under way, one that is starting included.",
    labels: {},
  },
  pg_cron_scheduler_up: {
    type: "gauge",
    unit: "boolean",
    help: "Whether the pg_cron launcher process is there.",
    labels: {},
  },
  pg_cron_log_run_enabled: {
    type: "gauge",
    unit: "boolean",
    help: "Whether pg_cron records runs (cron.log_run); if 0, all metrics of runs stand still.",
    labels: {},
  },
  pg_cron_max_running_jobs: {
    type: "gauge",
    unit: "count",
    help: "Most jobs that pg_cron runs at once; further ones wait.",
    labels: {},
  },
  pg_cron_run_history_estimated_rows: {
    type: "gauge",
    unit: "count",
    help: "Rows in cron.job_run_details as estimated at its last vacuum or analyze.",
    labels: {},
  },
  pg_cron_run_history_size_bytes: {
    type: "gauge",
    unit: "bytes",
    help: "Size of cron.job_run_details with its index.",
    labels: {},
  },
  pg_cron_run_history_oldest_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "When the oldest run in cron.job_run_details began.",
    labels: {},
  },
} as const satisfies Record<string, MetricDefinition>;
