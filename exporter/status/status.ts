import type { Collection } from "../collection.ts";
import type { TargetLabels } from "../exposition.ts";
import { fresh } from "./fresh.ts";
import type { Problem } from "./problem.ts";
import type { Prometheus, PrometheusAlert } from "./prometheus.ts";
import { sortAlerts } from "./prometheus-problems.ts";
import { snapshotMaxAgeMs, TargetMemory } from "./target-memory.ts";
import { type TargetView, targetView } from "./target-view.ts";

/** One observed database. */
export interface StatusTarget {
  readonly labels: TargetLabels;
  readonly collection: Pick<Collection, "collect" | "latest">;
}

export interface StatusOptions {
  /** Those that are observed now. */
  targets: () => readonly StatusTarget[];
  /** For alerts and history; without it both come from the exporter's own snapshots. */
  prometheus: Prometheus | null;
  /** Unix time in milliseconds. */
  now: () => number;
}

/** All that the page shows. */
export interface StatusView {
  /** When this was put together, Unix time in seconds. */
  now: number;
  targets: TargetView[];
  /** Alerts of no target. */
  general: Problem[];
  /** Where alerts and history come from. */
  source: "prometheus" | "exporter" | "prometheus does not answer";
}

const minuteMs = 60_000;

/** What is known of all targets, gathered at most every few seconds. */
export class Status {
  readonly #options: StatusOptions;
  /** What is remembered goes with the collection that it is from. */
  readonly #memories = new WeakMap<StatusTarget["collection"], TargetMemory>();
  readonly #alerts: () => Promise<PrometheusAlert[] | null>;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: StatusOptions) {
    const { prometheus, now } = options;
    this.#options = options;
    this.#alerts = fresh(snapshotMaxAgeMs, async () => (await prometheus?.alerts()) ?? null, now);
  }

  /** Remembers a snapshot a minute from now on: one that a scrape made, or else one more. */
  start(): void {
    this.#timer = setInterval(() => {
      for (const target of this.#options.targets()) this.#memory(target).remember();
    }, minuteMs).unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  async view(): Promise<StatusView> {
    const { prometheus, now } = this.#options;
    const targets = this.#options.targets();
    const [alerts, ...known] = await Promise.all([
      this.#alerts().catch(() => null),
      ...targets.map((target) => this.#memory(target).read(target.labels)),
    ]);
    const sorted =
      alerts &&
      sortAlerts(
        alerts,
        targets.map(({ labels }) => labels),
      );
    const seconds = now() / 1000;
    return {
      now: seconds,
      targets: known.map((one, index) =>
        targetView({ ...one, alerts: sorted?.byTarget[index] ?? null, now: seconds }),
      ),
      general: sorted?.general ?? [],
      source: !prometheus ? "exporter" : sorted ? "prometheus" : "prometheus does not answer",
    };
  }

  #memory(target: StatusTarget): TargetMemory {
    const { prometheus, now } = this.#options;
    const memory =
      this.#memories.get(target.collection) ?? new TargetMemory(target.collection, prometheus, now);
    this.#memories.set(target.collection, memory);
    return memory;
  }
}
