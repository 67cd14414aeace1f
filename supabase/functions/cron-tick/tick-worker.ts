import { claimWindowEnd } from "../_shared/worker/claim-window.ts";
import { describeFailure } from "../_shared/worker/describe-failure.ts";
import { isolateEnded } from "../_shared/worker/isolate-slot.ts";
import { runWorker, type Worker, type WorkerSlotOptions } from "../_shared/worker.ts";
import type { Tick } from "./handler.ts";

export interface TickWorkerOptions extends WorkerSlotOptions {
  /** Schema of the flashcards system, as SQL writes it. */
  readonly schema: string;
  /** Clears away what finished work has left. */
  readonly sweep: () => Promise<void>;
}

/** What happens at every tick: what was missed is made good, and some jobs are worked off, one after the other. */
export class TickWorker {
  readonly #options: TickWorkerOptions;
  #worker: Worker | undefined;
  #stopped = false;

  constructor(options: TickWorkerOptions) {
    this.#options = options;
  }

  /** Ends when so many jobs are done, or none is left, or the isolate's time is up. Never rejects. */
  async work({ iterations, delay }: Tick): Promise<void> {
    const { schema, sweep, limitMs, drainMs, ...worker } = this.#options;
    const claimUntil = claimWindowEnd({ limitMs, drainMs, latestRequestMs: performance.now() });
    try {
      await worker.query(`select ${schema}.queue_missed_uploads()`, []);
      // Jobs that the queue does not know of are taken in, and its own worker is called if there is any work.
      await worker.query("select jobstack.poll($1)", [worker.queue]);
      if (this.#stopped) return;
      this.#worker = runWorker({
        ...worker,
        maxJobs: iterations,
        pauseMs: delay,
        lingerMs: 0,
        claimUntil: () => claimUntil,
      });
      await this.#worker.finished;
      if (!this.#stopped) await sweep();
    } catch (error) {
      worker.onEvent?.({ kind: "gaveUp", error: describeFailure(error).error });
    }
  }

  /** Fails what runs: the isolate is about to end. */
  stop(): void {
    this.#stopped = true;
    this.#worker?.stop(isolateEnded);
  }
}
