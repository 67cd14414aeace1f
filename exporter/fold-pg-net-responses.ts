import { groupBy } from "./group-by.ts";
import type { PgNetCaller, PgNetOutcome, PgNetState } from "./pg-net-state.ts";

/** A row of jobstack.metrics_pg_net_responses(). */
export interface PgNetResponsesRow {
  until_us: number;
  source: PgNetCaller["source"] | null;
  name: string | null;
  outcome: PgNetOutcome;
  responses: number;
  newest: number;
  /** The same in all rows of a caller. */
  failed_in_a_row: number;
}

/** A row of jobstack.metrics_pg_net_callers(). */
export type PgNetCallerRow = Pick<PgNetCaller, "source" | "name">;

/** A caller that is not declared any more is forgotten when it has not called for this many seconds. */
const forgottenAfter = 7 * 86_400;

/** Takes over the responses that were recorded since the last time. */
export function foldPgNetResponses(
  state: PgNetState,
  declared: readonly PgNetCallerRow[],
  rows: readonly PgNetResponsesRow[],
): PgNetState {
  return {
    ...state,
    countedUntilUs: rows[0]?.until_us ?? state.countedUntilUs,
    responses: add(state.responses, rows),
    callers: foldCallers(state.callers, declared, rows),
  };
}

function foldCallers(
  known: readonly PgNetCaller[],
  declared: readonly PgNetCallerRow[],
  rows: readonly PgNetResponsesRow[],
): PgNetCaller[] {
  const heard = rows.flatMap(({ source, name }) => (source && name !== null ? [{ source, name }] : []));
  const callers = new Map<string, PgNetCaller>(
    [...declared, ...heard].map((caller) => [keyOf(caller), { ...unknown, ...caller }]),
  );
  for (const caller of known) callers.set(keyOf(caller), caller);
  const rowsOf = groupBy(rows, keyOf);
  const folded = [...callers].map(([key, caller]) => foldCaller(caller, rowsOf.get(key) ?? []));
  const wanted = new Set(declared.map(keyOf));
  const now = Math.max(0, ...folded.map(({ lastAt }) => lastAt));
  return folded.filter(
    (caller) => wanted.has(keyOf(caller)) || (caller.lastAt > 0 && now - caller.lastAt < forgottenAfter),
  );
}

const unknown: Omit<PgNetCaller, keyof PgNetCallerRow> = {
  responses: {},
  lastSuccessAt: null,
  consecutiveFailures: 0,
  lastAt: 0,
};

function foldCaller(caller: PgNetCaller, rows: readonly PgNetResponsesRow[]): PgNetCaller {
  const [first] = rows;
  if (!first) return caller;
  const succeededAt = rows.find(({ outcome }) => outcome === "2xx")?.newest;
  return {
    ...caller,
    responses: add(caller.responses, rows),
    lastSuccessAt: succeededAt ?? caller.lastSuccessAt,
    consecutiveFailures: first.failed_in_a_row + (succeededAt === undefined ? caller.consecutiveFailures : 0),
    lastAt: Math.max(caller.lastAt, ...rows.map(({ newest }) => newest)),
  };
}

function add(counts: PgNetState["responses"], rows: readonly PgNetResponsesRow[]): PgNetState["responses"] {
  const sums = { ...counts };
  for (const { outcome, responses } of rows) sums[outcome] = (sums[outcome] ?? 0) + responses;
  return sums;
}

function keyOf({ source, name }: { source: string | null; name: string | null }): string {
  return `${source} ${name}`;
}
