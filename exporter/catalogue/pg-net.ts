import type { MetricDefinition } from "./metric-definition.ts";

/** What became of a request of pg_net; timeout and error had no status. */
export const responseOutcomes = ["1xx", "2xx", "3xx", "4xx", "5xx", "timeout", "error"] as const;

/** Who asked pg_net for a request: `name` is a schedule's or a queue's. */
const caller = { source: ["schedule", "wakeup"], name: "any" } as const;

/** What is known of pg_net: its worker, its queue, and the responses to those who asked. */
export const pgNetMetrics = {
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
} as const satisfies Record<string, MetricDefinition>;
