import type { JobContext } from "./job.ts";
import type { Claim, QueueClient } from "./queue-client.ts";

/**
 * One job this worker holds the lease of, and what its handler may know about it. A worker that is told of a thousand jobs
 * at once makes a thousand of these, so what few handlers ask for is made when they do.
 */
export class HeldJob implements JobContext {
  readonly claim: Claim;
  readonly queue: string;
  readonly heldSince: number;
  /** When its handler was called. */
  startedAt: number | undefined;
  readonly #client: Pick<QueueClient, "progress">;
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  constructor(queue: string, claim: Claim, client: Pick<QueueClient, "progress">, heldSince: number) {
    this.queue = queue;
    this.claim = claim;
    this.heldSince = heldSince;
    this.#client = client;
  }

  get attempt(): number {
    return this.claim.attempt;
  }

  get maxAttempts(): number {
    return this.claim.maxAttempts;
  }

  get token(): string {
    return this.claim.token;
  }

  get progress(): JobContext["progress"] {
    return (progress) => this.#client.progress(this.claim.token, this.claim.id, progress);
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  cancel(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
