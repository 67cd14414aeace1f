import { responseOutcomes } from "../catalogue/pg-net.ts";
import { defineCollector, hasExtension } from "../collector.ts";
import { foldPgNetResponses, type PgNetCallerRow, type PgNetResponsesRow } from "../fold-pg-net-responses.ts";
import {
  type PgNetCaller,
  type PgNetRow,
  type PgNetState,
  pgNetState,
  resumePgNet,
} from "../pg-net-state.ts";
import { sample } from "../sample.ts";

/** Most responses counted at once; what is beyond is counted next time. */
const batch = 10_000;

/** pg_net: its worker, its queue, and the responses it recorded, by who asked. Never their addresses or contents. */
export const pgNet = defineCollector({
  name: "pg_net",
  metrics: [
    "pg_net_worker_up",
    "pg_net_queue_length",
    "pg_net_queue_head_unchanged_seconds",
    "pg_net_responses_total",
    "pg_net_call_responses_total",
    "pg_net_call_last_success_timestamp_seconds",
    "pg_net_call_consecutive_failures",
    "pg_net_response_history_estimated_rows",
    "pg_net_response_history_oldest_timestamp_seconds",
    "pg_net_response_history_ttl_seconds",
  ],
  predicate: hasExtension("pg_net"),
  timeoutMs: 2000,
  minIntervalMs: 1000,
  state: pgNetState,
  async collect({ query, state, steady }) {
    const [row] = await query<PgNetRow>(
      "select *, (extract(epoch from now()) * 1000000)::bigint as server_us from jobstack.metrics_pg_net()",
    );
    if (!row) return { samples: [] };
    const start = resumePgNet(state, row, steady);
    const callers = await query<PgNetCallerRow>("select * from jobstack.metrics_pg_net_callers()");
    const rows = await query<PgNetResponsesRow>("select * from jobstack.metrics_pg_net_responses($1, $2)", [
      start.countedUntilUs,
      batch,
    ]);
    const next = foldPgNetResponses(start, callers, rows);
    return { samples: pgNetSamples(row, next, steady), state: next };
  },
});

function pgNetSamples(row: PgNetRow, { head, responses, callers }: PgNetState, steady: number) {
  return [
    ...sample("pg_net_worker_up", {}, row.worker_up),
    ...sample("pg_net_queue_length", {}, row.queue_length),
    ...sample("pg_net_queue_head_unchanged_seconds", {}, head && Math.max(0, steady - head.since)),
    ...responseOutcomes.flatMap((outcome) =>
      sample("pg_net_responses_total", { outcome }, responses[outcome] ?? 0),
    ),
    ...callers.flatMap(callerSamples),
    ...sample("pg_net_response_history_estimated_rows", {}, row.response_rows),
    ...sample("pg_net_response_history_oldest_timestamp_seconds", {}, row.oldest_response),
    ...sample("pg_net_response_history_ttl_seconds", {}, row.ttl_seconds),
  ];
}

function callerSamples({ source, name, ...caller }: PgNetCaller) {
  return [
    ...responseOutcomes.flatMap((outcome) =>
      sample("pg_net_call_responses_total", { source, name, outcome }, caller.responses[outcome] ?? 0),
    ),
    ...sample("pg_net_call_last_success_timestamp_seconds", { source, name }, caller.lastSuccessAt),
    ...sample("pg_net_call_consecutive_failures", { source, name }, caller.consecutiveFailures),
  ];
}
