import type { WorkerSettings } from "./settings.ts";

/**
 * How many jobs a worker should hold: as many as it ends in `aheadMs`, so that quick jobs share round trips and slow ones
 * stay with whoever is free. The pace is that of late: each round counts twice as much as the one before.
 */
export class Pace {
  readonly #settings: Pick<WorkerSettings, "concurrency" | "batch" | "aheadMs">;
  #ended = 0;
  #ms = 0;

  constructor(settings: Pick<WorkerSettings, "concurrency" | "batch" | "aheadMs">) {
    this.#settings = settings;
  }

  /** A round of `ms` in which so many jobs ended. */
  note(ended: number, ms: number): void {
    this.#ended = this.#ended / 2 + ended;
    this.#ms = this.#ms / 2 + ms;
  }

  /** Jobs to hold, between `concurrency` and `batch`. */
  get batch(): number {
    const { concurrency, batch, aheadMs } = this.#settings;
    const ahead = this.#ended === 0 ? 0 : Math.floor((this.#ended / Math.max(this.#ms, 0.1)) * aheadMs);
    return Math.min(Math.max(ahead, concurrency), batch);
  }
}
