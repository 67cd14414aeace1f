/** A signal that something changed, for one waiting loop. A change between two waits is not lost. */
export class Changed {
  #pending = false;
  #resume: () => void = () => {};

  notify(): void {
    this.#pending = true;
    this.#resume();
  }

  /** Returns at the next change, or after `ms` (which may be infinite). */
  async wait(ms: number): Promise<void> {
    if (!this.#pending) {
      await new Promise<void>((resolve) => {
        // Longer waits overflow the timer, which would fire at once.
        const timer = setTimeout(resolve, Math.min(Math.max(ms, 0), 2 ** 31 - 1));
        this.#resume = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#resume = () => {};
    }
    this.#pending = false;
  }
}
