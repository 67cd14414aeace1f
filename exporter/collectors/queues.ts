import { defineCollector } from "../collector.ts";
import { sample } from "../sample.ts";

/** A row of jobstack.metrics_queue(), its times as ages in seconds. */
export interface QueueRow {
  queue: string;
  ready: number | null;
  scheduled: number | null;
  processing: number | null;
  stuck: number | null;
  paused: boolean | null;
  oldest_ready_age: number | null;
  oldest_processing_age: number | null;
  enqueued_total: number | null;
  completed_total: number | null;
  failed_total: number | null;
  cancelled_total: number | null;
  retried_total: number | null;
  lease_expired_total: number | null;
  wake_sent_total: number | null;
  wake_coalesced_total: number | null;
  wake_failed_total: number | null;
}

/** Ages by the clock that wrote the times, so that the clock of this machine does not matter. */
const sql = `
  select queue, ready, scheduled, processing, stuck, paused,
         extract(epoch from jobstack.now() - oldest_ready_at)::double precision as oldest_ready_age,
         extract(epoch from jobstack.now() - oldest_processing_at)::double precision as oldest_processing_age,
         enqueued_total, completed_total, failed_total, cancelled_total, retried_total, lease_expired_total,
         wake_sent_total, wake_coalesced_total, wake_failed_total
    from jobstack.metrics_queue()`;

/** The declared job queues. */
export const queues = defineCollector({
  name: "queues",
  metrics: [
    "jobs_depth",
    "jobs_stuck",
    "jobs_paused",
    "jobs_oldest_ready_age_seconds",
    "jobs_oldest_processing_age_seconds",
    "jobs_enqueued_total",
    "jobs_finished_total",
    "jobs_retried_total",
    "jobs_lease_expired_total",
    "jobs_wakeups_total",
  ],
  predicate: `exists (
    select from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
     where n.nspname = 'jobstack' and p.proname = 'metrics_queue')`,
  timeoutMs: 3000,
  minIntervalMs: 1000,
  async collect({ query }) {
    return { samples: (await query<QueueRow>(sql)).flatMap(queueSamples) };
  },
});

export function queueSamples({ queue, ...row }: QueueRow) {
  return [
    ...sample("jobs_depth", { queue, status: "ready" }, row.ready),
    ...sample("jobs_depth", { queue, status: "scheduled" }, row.scheduled),
    ...sample("jobs_depth", { queue, status: "processing" }, row.processing),
    ...sample("jobs_stuck", { queue }, row.stuck),
    ...sample("jobs_paused", { queue }, row.paused),
    ...sample("jobs_oldest_ready_age_seconds", { queue }, row.oldest_ready_age),
    ...sample("jobs_oldest_processing_age_seconds", { queue }, row.oldest_processing_age),
    ...sample("jobs_enqueued_total", { queue }, row.enqueued_total),
    ...sample("jobs_finished_total", { queue, outcome: "completed" }, row.completed_total),
    ...sample("jobs_finished_total", { queue, outcome: "failed" }, row.failed_total),
    ...sample("jobs_finished_total", { queue, outcome: "cancelled" }, row.cancelled_total),
    ...sample("jobs_retried_total", { queue }, row.retried_total),
    ...sample("jobs_lease_expired_total", { queue }, row.lease_expired_total),
    ...sample("jobs_wakeups_total", { queue, result: "sent" }, row.wake_sent_total),
    ...sample("jobs_wakeups_total", { queue, result: "coalesced" }, row.wake_coalesced_total),
    ...sample("jobs_wakeups_total", { queue, result: "failed" }, row.wake_failed_total),
  ];
}
