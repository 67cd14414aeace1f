import type { Job, JobContext, JobHandler } from "./job.ts";
import type { Claim } from "./queue-client.ts";

/** One job this worker holds the lease of. */
export class HeldJob {
  readonly claim: Claim;
  readonly job: Job;
  readonly #queue: string;
  readonly #cancelled: Promise<never>;
  #rejectRun: (reason: Error) => void = () => {};
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  constructor(queue: string, claim: Claim) {
    this.#queue = queue;
    this.claim = claim;
    this.job = { id: claim.id, row: claim.row };
    this.#cancelled = new Promise((_, reject) => {
      this.#rejectRun = reject;
    });
    // Cancelled before or after it runs, nobody listens.
    this.#cancelled.catch(() => {});
  }

  /** Settles with the handler, or at once when the job is cancelled, even if the handler ignores its signal. */
  run(handler: JobHandler, timeoutMs: number): Promise<unknown> {
    const timer = setTimeout(() => this.cancel(new Error(`took longer than ${timeoutMs} ms`)), timeoutMs);
    const work = new Promise((resolve) => resolve(handler(this.job, this.#context())));
    return Promise.race([work, this.#cancelled]).finally(() => clearTimeout(timer));
  }

  cancel(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.#rejectRun(reason);
  }

  #context(): JobContext {
    const { claim } = this;
    const signal = () => this.#signal();
    return {
      queue: this.#queue,
      attempt: claim.attempt,
      maxAttempts: claim.maxAttempts,
      token: claim.token,
      get signal() {
        return signal();
      },
    };
  }

  /** Made when first asked for: a controller costs more than a trivial job. */
  #signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }
}
