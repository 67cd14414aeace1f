import type { QueueRow } from "../collectors/queues.ts";

/** A row of the queue `mail`, idle since it was declared; give what matters. */
export function queueRow(row: Partial<QueueRow> = {}): QueueRow {
  return {
    queue: "mail",
    ready: 0,
    scheduled: 0,
    processing: 0,
    stuck: 0,
    paused: false,
    oldest_ready_age: null,
    oldest_processing_age: null,
    enqueued_total: 0,
    completed_total: 0,
    failed_total: 0,
    cancelled_total: 0,
    retried_total: 0,
    lease_expired_total: 0,
    wake_sent_total: 0,
    wake_coalesced_total: 0,
    wake_failed_total: 0,
    ...row,
  };
}
