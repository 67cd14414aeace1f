import { increase, maxBy, minBy, rate, selected, sumBy } from "../selector.ts";

const byEnvironment = ["environment"] as const;
const caller = { name: "$name" } as const;
const byCaller = ["environment", "source", "name"] as const;

export const workerUp = minBy(byEnvironment, selected("pg_net_worker_up"));
export const queueLength = maxBy(byEnvironment, selected("pg_net_queue_length"));
export const headUnchanged = maxBy(byEnvironment, selected("pg_net_queue_head_unchanged_seconds"));
export const responses = sumBy(["environment", "outcome"], rate(selected("pg_net_responses_total")));
export const historyRows = maxBy(byEnvironment, selected("pg_net_response_history_estimated_rows"));
export const historyOldest = maxBy(
  byEnvironment,
  selected("pg_net_response_history_oldest_timestamp_seconds"),
);
export const historyTtl = maxBy(byEnvironment, selected("pg_net_response_history_ttl_seconds"));
export const callResponses = sumBy(
  [...byCaller, "outcome"],
  increase(selected("pg_net_call_responses_total", caller)),
);
export const callFailures = maxBy(byCaller, selected("pg_net_call_consecutive_failures", caller));
export const callLastSuccess = maxBy(
  byCaller,
  selected("pg_net_call_last_success_timestamp_seconds", caller),
);
