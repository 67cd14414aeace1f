import type { Job, JobContext, JobHandler } from "./job.ts";
import type { Claim, QueueClient } from "./queue-client.ts";

/** One job this worker holds the lease of. */
export class HeldJob {
  readonly claim: Claim;
  readonly job: Job;
  readonly heldSince: number;
  readonly #queue: string;
  readonly #client: Pick<QueueClient, "progress">;
  #rejectRun: (reason: Error) => void = () => {};
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  constructor(queue: string, claim: Claim, client: Pick<QueueClient, "progress">, heldSince: number) {
    this.#queue = queue;
    this.#client = client;
    this.heldSince = heldSince;
    this.claim = claim;
    this.job = { id: claim.id, row: claim.row };
  }

  /** Settles with the handler, or at once when the job is cancelled, even if the handler ignores its signal. */
  run(handler: JobHandler, timeoutMs: number): Promise<unknown> {
    const timer = setTimeout(() => this.cancel(new Error(`took longer than ${timeoutMs} ms`)), timeoutMs);
    return new Promise((resolve, reject) => {
      this.#rejectRun = reject;
      new Promise((settle) => settle(handler(this.job, this.#context()))).then(resolve, reject);
    }).finally(() => clearTimeout(timer));
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
      progress: (progress) => this.#client.progress(claim.token, claim.id, progress),
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
