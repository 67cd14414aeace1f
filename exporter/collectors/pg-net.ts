import { z } from "zod";
import { catalogue } from "../catalogue.ts";
import { defineCollector, hasExtension } from "../collector.ts";
import { sample } from "../sample.ts";

/** The row of jobstack.metrics_pg_net(). */
export interface PgNetRow {
  worker_up: boolean | null;
  queue_length: number | null;
  newest_response_us: number | null;
}

/** A row of jobstack.metrics_pg_net_responses(). */
export interface PgNetResponsesRow {
  until_us: number;
  outcome: PgNetOutcome;
  responses: number;
}

type PgNetOutcome = (typeof outcomes)[number];

const outcomes = catalogue.pg_net_responses_total.labels.outcome;

const pgNetState = z.object({
  /** Responses up to this time are counted; microseconds since 1970. */
  countedUntilUs: z.number(),
  responses: z.object(Object.fromEntries(outcomes.map((outcome) => [outcome, z.number()]))),
});

export type PgNetState = { countedUntilUs: number; responses: Record<string, number> };

/** Most responses counted at once; what is beyond is counted next time. */
const batch = 10_000;

/** pg_net: its worker, its queue, and the responses it recorded. Never their addresses or contents. */
export const pgNet = defineCollector({
  name: "pg_net",
  metrics: ["pg_net_worker_up", "pg_net_queue_length", "pg_net_responses_total"],
  predicate: hasExtension("pg_net"),
  timeoutMs: 2000,
  minIntervalMs: 1000,
  state: pgNetState,
  async collect({ query, state }) {
    const [row] = await query<PgNetRow>("select * from jobstack.metrics_pg_net()");
    if (!row) return { samples: [] };
    const start = resumePgNet(state, row);
    const rows = await query<PgNetResponsesRow>("select * from jobstack.metrics_pg_net_responses($1, $2)", [
      start.countedUntilUs,
      batch,
    ]);
    const next = foldResponses(start, rows);
    return { samples: pgNetSamples(row, next), state: next };
  },
});

/**
 * At first nothing is counted of what is there. When the newest response is older than what was counted, the clock was
 * set back; counting goes on from there, or else it would stand still until the clock has caught up.
 */
export function resumePgNet(state: PgNetState | null, { newest_response_us: newest }: PgNetRow): PgNetState {
  if (state)
    return { ...state, countedUntilUs: Math.min(state.countedUntilUs, newest ?? state.countedUntilUs) };
  return {
    countedUntilUs: newest ?? 0,
    responses: Object.fromEntries(outcomes.map((outcome) => [outcome, 0])),
  };
}

export function foldResponses(state: PgNetState, rows: readonly PgNetResponsesRow[]): PgNetState {
  const responses = { ...state.responses };
  for (const row of rows) responses[row.outcome] = (responses[row.outcome] ?? 0) + row.responses;
  return { countedUntilUs: rows[0]?.until_us ?? state.countedUntilUs, responses };
}

export function pgNetSamples(row: PgNetRow, { responses }: PgNetState) {
  return [
    ...sample("pg_net_worker_up", {}, row.worker_up),
    ...sample("pg_net_queue_length", {}, row.queue_length),
    ...outcomes.flatMap((outcome) => sample("pg_net_responses_total", { outcome }, responses[outcome] ?? 0)),
  ];
}
