import { claimWindowEnd } from "./claim-window.ts";
import { describeFailure } from "./describe-failure.ts";
import type { Worker } from "./run-worker.ts";
import type { WorkerEvent } from "./worker-event.ts";

type SlotWorker = Omit<Worker, "drain">;

export interface IsolateSlotOptions {
  /** Starts a worker that begins nothing new after a time on the clock of `performance.now()`, which may move later. */
  readonly start: (workUntil: () => number) => SlotWorker;
  /** Age at which the runtime ends the isolate, in milliseconds; infinite where it never does. */
  readonly limitMs: number;
  /** Time kept free before that for what has begun to finish, in milliseconds. */
  readonly drainMs: number;
  readonly onEvent?: (event: WorkerEvent) => void;
}

/**
 * Why what runs has failed when the runtime ends the isolate. It is not given back, since a job that outlives every
 * isolate, or brings it down, would else be tried for ever.
 */
export const isolateEnded = "the runtime ended the worker before the job finished";

/** What a wake-up led to. */
export type Nudge =
  | {
      readonly state: "started" /** Settles with the worker; never rejects. */;
      readonly finished: Promise<void>;
    }
  | { readonly state: "already running" };

/** The place of the one worker of an isolate: every wake-up starts it or hurries it, none starts a second one. */
export class IsolateSlot {
  readonly #options: IsolateSlotOptions;
  #worker: SlotWorker | undefined;
  #latestRequestMs = 0;
  #stopped = false;

  constructor(options: IsolateSlotOptions) {
    this.#options = options;
  }

  nudge(): Nudge {
    this.#latestRequestMs = performance.now();
    if (this.#worker === undefined) return { state: "started", finished: this.#work() };
    this.#worker.nudge();
    return { state: "already running" };
  }

  /** Stops the worker for good: the isolate is about to end. */
  stop(): void {
    this.#stopped = true;
    this.#worker?.stop(isolateEnded);
  }

  /** Goes on while nudges come too late for the worker that is just ending. */
  async #work(): Promise<void> {
    let again = true;
    while (again && !this.#stopped) {
      this.#worker = this.#options.start(() => this.#workUntil());
      again = await this.#worker.finished.then(
        (end) => end.missedNudge,
        (error) => this.#gaveUp(error),
      );
    }
    this.#worker = undefined;
  }

  #workUntil(): number {
    const { limitMs, drainMs } = this.#options;
    return claimWindowEnd({ limitMs, drainMs, latestRequestMs: this.#latestRequestMs });
  }

  #gaveUp(error: unknown): false {
    const { error: reason } = describeFailure(error);
    this.#options.onEvent?.({ kind: "gaveUp", error: reason });
    return false;
  }
}
