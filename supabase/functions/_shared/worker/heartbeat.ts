/** Calls `beat` every third of the shortest lease seen, so that two calls may fail before a lease runs out. */
export class Heartbeat {
  readonly #beat: () => Promise<void>;
  #everyMs = Number.POSITIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `beat` must not reject. */
  constructor(beat: () => Promise<void>) {
    this.#beat = beat;
  }

  /** Tells of a lease that has `leaseMs` left. */
  follow(leaseMs: number): void {
    const everyMs = Math.max(leaseMs / 3, 100);
    if (everyMs >= this.#everyMs) return;
    this.#everyMs = everyMs;
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#everyMs = 0;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      await this.#beat();
      if (this.#everyMs > 0) this.#schedule();
    }, this.#everyMs);
  }
}
