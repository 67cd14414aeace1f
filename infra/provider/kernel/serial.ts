import { untilAborted } from "./until-aborted.ts";

/** Runs tasks one after the other, in the order they came; a failed one does not stop the next. */
export class Serial {
  readonly #signal: AbortSignal | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** Once the signal comes, tasks that have not begun are refused; one that has is left to end. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = untilAborted(this.#last, this.#signal).then(task);
    this.#last = Promise.allSettled([this.#last, result]);
    return result;
  }
}
