import type { Sample } from "../sample.ts";
import { History, historyMinutes, trackedMetrics } from "./history.ts";
import { seriesKey } from "./readings.ts";

/** Most series that are remembered: 50 queues and 500 cron jobs have 1,450. Each takes 1.4 kB. */
export const mostSeries = 3000;

const tracked: ReadonlySet<string> = new Set(trackedMetrics);

/** Remembers one value a minute of each tracked series, for some hours, in memory alone. */
export class HistoryRing {
  readonly #series = new Map<string, Float64Array>();
  #minute: number | null = null;

  /** The values of this minute, in place of those of an earlier call in it. `at` is Unix time in milliseconds. */
  record(samples: readonly Sample[], at: number): void {
    const minute = Math.floor(at / 60_000);
    this.#moveTo(minute);
    const slot = minute % historyMinutes;
    for (const { name, labels, value } of samples) {
      if (!tracked.has(name) || typeof value !== "number") continue;
      const values = this.#seriesOf(seriesKey(name, labels));
      if (values) values[slot] = value;
    }
  }

  /** The last hours as seen from `at`. */
  read(at: number): History {
    const minute = Math.floor(at / 60_000);
    const last = this.#minute ?? minute;
    const oldest = minute - historyMinutes + 1;
    const values = ([key, ring]: [string, Float64Array]) => {
      const series = Array.from({ length: historyMinutes }, (_, index) => {
        const one = oldest + index;
        return one > last || one <= last - historyMinutes
          ? Number.NaN
          : (ring[one % historyMinutes] ?? Number.NaN);
      });
      return [key, series] as const;
    };
    return new History(new Map([...this.#series].map(values)));
  }

  get size(): number {
    return this.#series.size;
  }

  /** Forgets what is too old by now: the minutes that were left out, and series without any value left. */
  #moveTo(minute: number): void {
    const before = this.#minute;
    if (before !== null && minute <= before) {
      // The clock was set back: what is later than now would be read as old.
      if (minute < before) this.#series.clear();
      this.#minute = minute;
      return;
    }
    this.#minute = minute;
    if (before === null) return;
    const passed = Math.min(minute - before, historyMinutes);
    for (const [key, values] of this.#series) {
      for (let index = 0; index < passed; index += 1) values[(minute - index) % historyMinutes] = Number.NaN;
      if (values.every(Number.isNaN)) this.#series.delete(key);
    }
  }

  #seriesOf(key: string): Float64Array | null {
    const known = this.#series.get(key);
    if (known || this.#series.size >= mostSeries) return known ?? null;
    const made = new Float64Array(historyMinutes).fill(Number.NaN);
    this.#series.set(key, made);
    return made;
  }
}
