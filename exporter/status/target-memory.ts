import type { Collection, Snapshot } from "../collection.ts";
import { before, DeadlineError } from "../deadline.ts";
import type { TargetLabels } from "../exposition.ts";
import { fresh } from "./fresh.ts";
import { History } from "./history.ts";
import { HistoryRing } from "./history-ring.ts";
import type { Prometheus } from "./prometheus.ts";
import { readPrometheusHistory } from "./prometheus-history.ts";

/** What is known of one target. */
export interface KnownTarget {
  labels: TargetLabels;
  /** Null when there has been none yet. */
  snapshot: Snapshot | null;
  history: History;
}

/** How old what the page shows may be, so that many who look cost the database one collection in this time. */
export const snapshotMaxAgeMs = 10_000;

const historyMaxAgeMs = 30_000;
const minuteMs = 60_000;
const collectionMs = 9000;
/** Longest wait for a database, which goes on being asked; the page then shows what was last known. */
const patienceMs = 4000;

/** The last snapshot of one target, and what is remembered of the ones before. */
export class TargetMemory {
  readonly #collection: Pick<Collection, "collect" | "latest">;
  readonly #prometheus: Prometheus | null;
  readonly #now: () => number;
  readonly #ring = new HistoryRing();
  #labels: TargetLabels = { environment: "" };
  readonly #prometheusHistory: () => Promise<History>;

  constructor(
    collection: Pick<Collection, "collect" | "latest">,
    prometheus: Prometheus | null,
    now: () => number,
  ) {
    this.#collection = collection;
    this.#prometheus = prometheus;
    this.#now = now;
    this.#prometheusHistory = fresh(historyMaxAgeMs, () => this.#askPrometheus(), now);
  }

  async read(labels: TargetLabels): Promise<KnownTarget> {
    this.#labels = labels;
    const [snapshot, elsewhere] = await Promise.all([
      this.#snapshot(snapshotMaxAgeMs),
      this.#prometheusHistory().catch(() => new History()),
    ]);
    if (snapshot) this.#ring.record(snapshot.samples, snapshot.at);
    return { labels, snapshot, history: elsewhere.isEmpty ? this.#ring.read(this.#now()) : elsewhere };
  }

  /** Adds a snapshot of this minute to the history. */
  async remember(): Promise<void> {
    const snapshot = await this.#snapshot(minuteMs);
    if (snapshot) this.#ring.record(snapshot.samples, snapshot.at);
  }

  async #askPrometheus(): Promise<History> {
    return this.#prometheus
      ? readPrometheusHistory(this.#prometheus, this.#labels, this.#now())
      : new History();
  }

  async #snapshot(maxAgeMs: number): Promise<Snapshot | null> {
    const { latest } = this.#collection;
    if (latest && this.#now() - latest.at < maxAgeMs) return latest;
    return before(patienceMs, this.#collection.collect(collectionMs)).catch((error: unknown) => {
      if (error instanceof DeadlineError) return latest;
      throw error;
    });
  }
}
