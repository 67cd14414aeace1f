import type { MetricDefinition } from "./metric-definition.ts";

const queue = { queue: "any" } as const;

/** What is known of job queues, and of what the queue core does by itself. */
export const queueMetrics = {
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
} as const satisfies Record<string, MetricDefinition>;
