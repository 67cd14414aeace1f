/**
 * Every metric the exporter may show. Registration, the metrics page, dashboards and alerts derive from this table, so
 * a name or label that is not in it does not compile. Counters and histograms are cumulative; NULL means no sample.
 */

/** What a value measures; dashboards derive their axis from it. */
export type Unit = "seconds" | "timestamp" | "bytes" | "boolean" | "count" | "info";

/** "any" = free text; a list = the closed set of values. */
export type LabelDomain = "any" | readonly string[];

interface Described {
  readonly help: string;
  readonly unit: Unit;
  readonly labels: Readonly<Record<string, LabelDomain>>;
}

export type MetricDefinition =
  | (Described & { readonly type: "gauge" | "counter" })
  | (Described & { readonly type: "histogram"; readonly buckets: readonly number[] });

/** Why a collector failed; the closed set of the label `reason`. */
export const failureReasons = [
  "timeout",
  "lock_timeout",
  "permission",
  "connection",
  "missing_extension",
  "query",
] as const;

/** Why a run of pg_cron failed; the closed set of the label `reason`. */
export const cronFailures = [
  "startup_timeout",
  "connection",
  "server_restarted",
  "canceled",
  "error",
] as const;

/** What became of a request of pg_net; timeout and error had no status. */
export const responseOutcomes = ["1xx", "2xx", "3xx", "4xx", "5xx", "timeout", "error"] as const;

/** A cron job's name is unique per database only together with its owner: see `labelCronJobs`. */
const cronJob = { job_name: "any", database: "any" } as const;
const queue = { queue: "any" } as const;
/** Who asked pg_net for a request: `name` is a schedule's or a queue's. */
const caller = { source: ["schedule", "wakeup"], name: "any" } as const;
const collector = { collector: "any" } as const;

export const catalogue = {
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
  jobs_depth: {
    type: "gauge",
    unit: "count",
    help: "Unfinished jobs: ready to run, scheduled for later (waiting retries included), or processing under a lease.",
    labels: { ...queue, status: ["ready", "scheduled", "processing"] },
  },
  jobs_stuck: {
    type: "gauge",
    unit: "count",
    help: "Jobs that have been processing for longer than the queue's stuck_after_seconds.",
    labels: queue,
  },
  jobs_paused: {
    type: "gauge",
    unit: "boolean",
    help: "Whether the queue is paused.",
    labels: queue,
  },
  jobs_oldest_ready_age_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "How long the oldest ready job has been waiting; absent when none is ready.",
    labels: queue,
  },
  jobs_oldest_processing_age_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "How long the oldest job that is processing has been running; absent when none is.",
    labels: queue,
  },
  jobs_enqueued_total: {
    type: "counter",
    unit: "count",
    help: "Jobs that entered the queue.",
    labels: queue,
  },
  jobs_finished_total: {
    type: "counter",
    unit: "count",
    help: "Jobs that reached their end: completed, failed for good (dead letter), or cancelled.",
    labels: { ...queue, outcome: ["completed", "failed", "cancelled"] },
  },
  jobs_retried_total: {
    type: "counter",
    unit: "count",
    help: "Failed attempts that were scheduled again.",
    labels: queue,
  },
  jobs_lease_expired_total: {
    type: "counter",
    unit: "count",
    help: "Leases that ran out because their worker died or stalled.",
    labels: queue,
  },
  jobs_wakeups_total: {
    type: "counter",
    unit: "count",
    help: "Wake-ups of workers: sent, coalesced because a worker was awake, or failed.",
    labels: { ...queue, result: ["sent", "coalesced", "failed"] },
  },
  jobs_times_observed: {
    type: "gauge",
    unit: "boolean",
    help: "Whether finished jobs are observed one by one: if 0, the table has no completion time, or no index on it.",
    labels: queue,
  },
  jobs_wait_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "From a job's creation to its start, of finished jobs; of those with one attempt where the table counts attempts.",
    labels: queue,
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14_400],
  },
  jobs_run_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "From the start of a job's last attempt to its end, by outcome.",
    labels: { ...queue, outcome: ["completed", "failed"] },
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800, 3600],
  },
  jobs_attempts: {
    type: "histogram",
    unit: "count",
    help: "Attempts that finished jobs took.",
    labels: queue,
    buckets: [1, 2, 3, 5, 10],
  },
  jobs_workers: {
    type: "gauge",
    unit: "count",
    help: "Workers of a queue: awake, or expected after a wake-up.",
    labels: { ...queue, state: ["awake", "expected"] },
  },
  jobs_tick_last_run_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "When jobstack.tick() last ran, which finds what wake-ups miss.",
    labels: {},
  },
  jobs_alert_firing: {
    type: "gauge",
    unit: "boolean",
    help: "Whether an alert of the database itself fires.",
    labels: { alert: "any" },
  },
  jobs_alert_messages_waiting: {
    type: "gauge",
    unit: "count",
    help: "Messages of such an alert that its webhook has not taken yet.",
    labels: { alert: "any" },
  },
  pg_net_worker_up: {
    type: "gauge",
    unit: "boolean",
    help: "Whether pg_net's worker, which sends the queued requests, is there.",
    labels: {},
  },
  pg_net_queue_length: {
    type: "gauge",
    unit: "count",
    help: "Requests waiting in net.http_request_queue; counted up to 10000.",
    labels: {},
  },
  pg_net_responses_total: {
    type: "counter",
    unit: "count",
    help: "Responses recorded by pg_net since the exporter first saw this database; timeout and error had no status.",
    labels: { outcome: responseOutcomes },
  },
  pg_net_call_responses_total: {
    type: "counter",
    unit: "count",
    help: "Responses to requests of a schedule that calls a function, and of a queue that wakes its worker, by what became of them.",
    labels: { ...caller, outcome: responseOutcomes },
  },
  pg_net_call_last_success_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "When the newest 2xx response to a request of this caller was recorded.",
    labels: caller,
  },
  pg_net_call_consecutive_failures: {
    type: "gauge",
    unit: "count",
    help: "Responses to this caller in a row that were not 2xx; 0 when the newest one was.",
    labels: caller,
  },
  pg_net_queue_head_unchanged_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "How long the same request has been first in the queue; absent when none waits. Requests themselves bear no time.",
    labels: {},
  },
  pg_net_response_history_estimated_rows: {
    type: "gauge",
    unit: "count",
    help: "Rows in net._http_response as estimated at its last vacuum or analyze.",
    labels: {},
  },
  pg_net_response_history_oldest_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "When the oldest response that is kept was recorded.",
    labels: {},
  },
  pg_net_response_history_ttl_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "How long pg_net keeps responses (pg_net.ttl); it deletes only while it sends.",
    labels: {},
  },
  jobstack_exporter_build_info: {
    type: "gauge",
    unit: "info",
    help: "Always 1; carries the version of the exporter and of Node.",
    labels: { version: "any", node: "any" },
  },
  jobstack_exporter_database_up: {
    type: "gauge",
    unit: "boolean",
    help: "Whether the database answered this collection; if 0, there are no series but the exporter's own.",
    labels: {},
  },
  jobstack_exporter_collections_total: {
    type: "counter",
    unit: "count",
    help: "Collections; scrapes that come in during one share it.",
    labels: {},
  },
  jobstack_exporter_scrapes_total: {
    type: "counter",
    unit: "count",
    help: "Scrapes that were asked for, those that share a collection included.",
    labels: {},
  },
  jobstack_exporter_pool_connections: {
    type: "gauge",
    unit: "count",
    help: "Connections to the database after the collection.",
    labels: { state: ["idle", "busy"] },
  },
  jobstack_exporter_collector_success: {
    type: "gauge",
    unit: "boolean",
    help: "Whether the collector's last run succeeded; if 0, its series are absent. Absent while it is skipped.",
    labels: collector,
  },
  jobstack_exporter_collector_skipped: {
    type: "gauge",
    unit: "boolean",
    help: "Whether the collector is skipped because what it observes is not in this database.",
    labels: collector,
  },
  jobstack_exporter_collector_duration_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "How long the collector's last run took.",
    labels: collector,
  },
  jobstack_exporter_collector_last_success_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "When the collector last succeeded.",
    labels: collector,
  },
  jobstack_exporter_collector_samples: {
    type: "gauge",
    unit: "count",
    help: "Samples the collector contributes; a histogram counts as one.",
    labels: collector,
  },
  jobstack_exporter_collector_samples_dropped_total: {
    type: "counter",
    unit: "count",
    help: "Samples that were left out because the collector had more than 20000.",
    labels: collector,
  },
  jobstack_exporter_collector_reused_total: {
    type: "counter",
    unit: "count",
    help: "Collections for which the collector's last samples were fresh enough.",
    labels: collector,
  },
  jobstack_exporter_collector_errors_total: {
    type: "counter",
    unit: "count",
    help: "Failed runs of the collector by reason.",
    labels: { ...collector, reason: failureReasons },
  },
  jobstack_exporter_state_save_success: {
    type: "gauge",
    unit: "boolean",
    help: "Whether the collector's counters were last saved to the database; absent before the first time.",
    labels: collector,
  },
} as const satisfies Record<string, MetricDefinition>;

export type Catalogue = typeof catalogue;
export type MetricName = keyof Catalogue;

/** All names, in the order in which they are shown. */
export const metricNames = Object.keys(catalogue) as MetricName[];
