import type { z } from "zod";
import type { MetricName } from "./catalogue.ts";
import type { Query } from "./database.ts";
import type { Sample, SampleOf } from "./sample.ts";

export interface CollectContext<S> {
  query: Query;
  /** Seconds by a clock that nobody sets: for what lasts, and to notice that another clock was set. */
  steady: number;
  /** What the last successful run returned, also one of an earlier process; null when there is none. */
  state: S | null;
}

/** One subject of observation. Its metrics are shown only while its last run succeeded. */
export interface CollectorDefinition<M extends MetricName, S> {
  /** Value of the label `collector`. */
  name: string;
  /** What it may return; each metric of the catalogue has exactly one owner. */
  metrics: readonly M[];
  /** Given when its series are those of one queue only, the value of their label `queue`: then it owns just these. */
  queue?: string;
  /** SQL on the system catalogs: whether there is anything to observe. False skips the collector without an error. */
  predicate: string;
  /** For one run, in milliseconds. */
  timeoutMs: number;
  /** Shortest time between two successful runs, in milliseconds; in between the last samples stay. */
  minIntervalMs: number;
  /** Given when the collector keeps a state over restarts; one that does not fit is dropped. */
  state?: z.ZodType<S>;
  collect(context: CollectContext<S>): Promise<{ samples: readonly SampleOf<M>[]; state?: S }>;
}

/** A collector as the collection runs it, with its types erased. */
export interface Collector {
  readonly name: string;
  readonly metrics: readonly MetricName[];
  readonly queue: string | null;
  readonly predicate: string;
  readonly timeoutMs: number;
  readonly minIntervalMs: number;
  readonly keepsState: boolean;
  collect(query: Query, steady: number, saved: unknown): Promise<Collected>;
}

export interface Collected {
  samples: readonly Sample[];
  state?: unknown;
}

/** Samples of undeclared metrics and labels do not compile. */
export function defineCollector<const M extends MetricName, S = never>(
  definition: CollectorDefinition<M, S>,
): Collector {
  const { name, metrics, predicate, timeoutMs, minIntervalMs } = definition;
  return {
    name,
    metrics,
    queue: definition.queue ?? null,
    predicate,
    timeoutMs,
    minIntervalMs,
    keepsState: definition.state !== undefined,
    collect: (query, steady, saved) =>
      definition.collect({ query, steady, state: definition.state?.safeParse(saved).data ?? null }),
  };
}

/** True when the extension is there. Reads only the system catalog, for which everyone has the privilege. */
export function hasExtension(name: string): string {
  return `exists (select from pg_catalog.pg_extension where extname = '${name}')`;
}
