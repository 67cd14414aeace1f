import { z } from "zod";
import { responseOutcomes } from "./catalogue/pg-net.ts";

const counts = z.partialRecord(z.enum(responseOutcomes), z.number());

const caller = z.object({
  source: z.enum(["schedule", "wakeup"]),
  name: z.string(),
  responses: counts,
  lastSuccessAt: z.number().nullable(),
  consecutiveFailures: z.number(),
  /** When its newest response was recorded; 0 before the first. */
  lastAt: z.number(),
});

/** What is known of pg_net's requests. Times are Unix times in seconds unless they say otherwise. */
export const pgNetState = z.object({
  /** Responses up to this time are counted; microseconds since 1970. */
  countedUntilUs: z.number(),
  responses: counts,
  callers: z.array(caller).default([]),
  /** The lowest id in the queue and since when it has been that, by the clock that is never set; null when empty. */
  head: z.object({ id: z.number(), since: z.number() }).nullable().default(null),
});

export type PgNetState = z.infer<typeof pgNetState>;
export type PgNetCaller = z.infer<typeof caller>;
export type PgNetOutcome = (typeof responseOutcomes)[number];

/** The row of jobstack.metrics_pg_net(), and the server's time in microseconds since 1970. */
export interface PgNetRow {
  server_us: number;
  worker_up: boolean | null;
  queue_length: number | null;
  queue_head: number | null;
  newest_response_us: number | null;
  response_rows: number | null;
  oldest_response: number | null;
  ttl_seconds: number | null;
}

/**
 * The state to go on from. At first nothing is counted of what is there. When what was counted is newer than the newest
 * response or the server's time, the clock was set back; counting goes on from there, or else it would stand still
 * until the clock has caught up.
 */
export function resumePgNet(state: PgNetState | null, row: PgNetRow, steady: number): PgNetState {
  const newest = row.newest_response_us;
  const head = headOf(state, row.queue_head, steady);
  if (!state)
    return { countedUntilUs: Math.min(newest ?? 0, row.server_us), responses: {}, callers: [], head };
  const countedUntilUs = Math.min(state.countedUntilUs, newest ?? state.countedUntilUs, row.server_us);
  return { ...state, head, countedUntilUs };
}

function headOf(state: PgNetState | null, id: number | null, steady: number): PgNetState["head"] {
  if (id === null) return null;
  return state?.head?.id === id ? state.head : { id, since: steady };
}
