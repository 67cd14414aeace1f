import type { MetricName } from "../catalogue.ts";
import type { LabelsOf, ScalarName } from "../sample.ts";
import { seriesKey } from "./readings.ts";

/** How far back sparklines reach; one value a minute. */
export const historyMinutes = 180;

/** What is remembered: enough for the sparklines and for what was counted lately. */
export const trackedMetrics = [
  "jobs_depth",
  "jobs_finished_total",
  "jobs_wakeups_total",
  "pg_cron_job_last_run_duration_seconds",
  "pg_cron_job_missed_runs_total",
  "pg_net_responses_total",
] as const satisfies readonly MetricName[];

export type TrackedMetric = (typeof trackedMetrics)[number];

/** One value a minute, the newest last; NaN where it is not known. */
export type Series = readonly number[];

/** The last hours of the tracked metrics of one target. */
export class History {
  readonly #series: ReadonlyMap<string, Series>;

  constructor(series: ReadonlyMap<string, Series> = new Map()) {
    this.#series = series;
  }

  series<N extends TrackedMetric & ScalarName>(name: N, labels: LabelsOf<N>): Series {
    return this.#series.get(seriesKey(name, labels)) ?? [];
  }

  get isEmpty(): boolean {
    return this.#series.size === 0;
  }
}

/** How much a counter grew in each minute; NaN where that is not known. A counter that fell began again at 0. */
export function growth(counter: Series): Series {
  let before = Number.NaN;
  return counter.map((value) => {
    const grown = value - before;
    if (!Number.isNaN(value)) before = value;
    return grown < 0 ? value : grown;
  });
}

/** How much a counter grew in the last minutes; null when that is not known. */
export function grewBy(counter: Series, minutes = historyMinutes): number | null {
  const known = growth(counter)
    .slice(-minutes)
    .filter((value) => !Number.isNaN(value));
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** By how much a counter grew a minute, over the last minutes; null when that is not known. */
export function ratePerMinute(counter: Series, minutes: number): number | null {
  const known = counter
    .slice(-minutes - 1)
    .map((value, minute) => ({ value, minute }))
    .filter(({ value }) => !Number.isNaN(value));
  const [first] = known;
  const last = known.at(-1);
  const grown = grewBy(
    known.map(({ value }) => value),
    minutes,
  );
  if (!first || !last || last.minute === first.minute || grown === null) return null;
  return grown / (last.minute - first.minute);
}
