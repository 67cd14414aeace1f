import { describeFailure } from "./describe-failure.ts";
import { encodeJson } from "./encode-json.ts";
import { HeldJob } from "./held-job.ts";
import type { JobHandler } from "./job.ts";
import { LeaseLostError } from "./lease-lost-error.ts";
import { PermanentError } from "./permanent-error.ts";
import type { Claim } from "./queue-client.ts";
import type { Report } from "./report.ts";
import type { WorkerSettings } from "./settings.ts";
import type { WorkerEvent } from "./worker-event.ts";

export interface JobPoolOptions {
  readonly queue: string;
  readonly handler: JobHandler;
  readonly settings: Pick<WorkerSettings, "concurrency" | "jobTimeoutMs">;
  readonly onEvent: (event: WorkerEvent) => void;
}

/** The jobs a worker holds: runs so many at a time, and reports the end of each unless its lease was lost before. */
export class JobPool {
  readonly #options: JobPoolOptions;
  readonly #onReport: (report: Report) => void;
  readonly #held = new Set<HeldJob>();
  #waiting: HeldJob[] = [];
  #running = 0;

  constructor(options: JobPoolOptions, onReport: (report: Report) => void) {
    this.#options = options;
    this.#onReport = onReport;
  }

  /** Jobs that run or wait. */
  get size(): number {
    return this.#held.size;
  }

  /** The leases of all held jobs. */
  tokens(): string[] {
    return [...new Set([...this.#held].map((job) => job.claim.token))];
  }

  add(claims: readonly Claim[]): void {
    for (const claim of claims) {
      const job = new HeldJob(this.#options.queue, claim);
      this.#held.add(job);
      this.#waiting.push(job);
    }
    this.#startWaiting();
  }

  /** Drops the jobs of leases that are gone: another worker may run them now, so nothing is reported. */
  lose(tokens: readonly string[]): void {
    const gone = new Set(tokens);
    for (const job of this.#held) {
      if (!gone.has(job.claim.token)) continue;
      this.#held.delete(job);
      job.cancel(new LeaseLostError());
      this.#options.onEvent({ kind: "lost", job: job.job });
    }
    this.#waiting = this.#waiting.filter((job) => this.#held.has(job));
  }

  /** Ends all jobs now; each is reported as a failure that may be retried. */
  cancelAll(): void {
    const reason = new Error("the worker was stopped before the job finished");
    for (const job of this.#waiting) this.#fail(job, reason);
    this.#waiting = [];
    for (const job of this.#held) job.cancel(reason);
  }

  #startWaiting(): void {
    while (this.#running < this.#options.settings.concurrency) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      void this.#run(job);
    }
  }

  async #run(job: HeldJob): Promise<void> {
    this.#running += 1;
    const startedAt = performance.now();
    this.#options.onEvent({ kind: "started", job: job.job });
    try {
      const result = await job.run(this.#options.handler, this.#options.settings.jobTimeoutMs);
      this.#complete(job, encodeResult(result), performance.now() - startedAt);
    } catch (error) {
      this.#fail(job, error);
    }
    this.#running -= 1;
    this.#startWaiting();
  }

  #complete(job: HeldJob, result: string, ms: number): void {
    if (!this.#held.delete(job)) return;
    this.#onReport({ id: job.claim.id, token: job.claim.token, outcome: "completed", result });
    this.#options.onEvent({ kind: "completed", job: job.job, ms });
  }

  #fail(job: HeldJob, thrown: unknown): void {
    if (!this.#held.delete(job)) return;
    const { id, token, attempt, maxAttempts } = job.claim;
    const failure = describeFailure(thrown);
    this.#onReport({ id, token, outcome: "failed", ...failure });
    this.#options.onEvent({ kind: "failed", job: job.job, attempt, maxAttempts, ...failure });
  }
}

function encodeResult(result: unknown): string {
  try {
    return encodeJson(result);
  } catch (cause) {
    throw new PermanentError("the handler's result cannot be written as JSON", { cause });
  }
}
