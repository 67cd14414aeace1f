import { describeFailure } from "./describe-failure.ts";
import { encodeJson } from "./encode-json.ts";
import { HeldJob } from "./held-job.ts";
import type { JobHandler } from "./job.ts";
import { LeaseLostError } from "./lease-lost-error.ts";
import { PermanentError } from "./permanent-error.ts";
import type { Claim, OpenJobs, QueueClient } from "./queue-client.ts";
import type { Report } from "./report.ts";
import type { WorkerSettings } from "./settings.ts";
import type { WorkerEvent } from "./worker-event.ts";

export interface JobPoolOptions {
  readonly queue: string;
  readonly client: Pick<QueueClient, "progress">;
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
  #closed = false;

  constructor(options: JobPoolOptions, onReport: (report: Report) => void) {
    this.#options = options;
    this.#onReport = onReport;
  }

  /** Jobs that run or wait. */
  get size(): number {
    return this.#held.size;
  }

  /** Since when the oldest job that waits for a place is held. */
  get waitingSince(): number | null {
    return this.#waiting[0]?.heldSince ?? null;
  }

  /** The leases of all held jobs. */
  tokens(): string[] {
    return [...new Set([...this.#held].map((job) => job.claim.token))];
  }

  add(claims: readonly Claim[]): void {
    const now = performance.now();
    for (const claim of claims) {
      const job = new HeldJob(this.#options.queue, claim, this.#options.client, now);
      this.#held.add(job);
      this.#waiting.push(job);
    }
    if (this.#closed) this.releaseWaiting();
    this.#startWaiting();
  }

  /**
   * Drops the jobs of the leases `tokens` that are not among the open ones: cancelled, or another worker may run them now,
   * so nothing is reported.
   */
  keep(tokens: readonly string[], open: OpenJobs): void {
    const asked = new Set(tokens);
    for (const job of this.#held) {
      const { id, token } = job.claim;
      if (!asked.has(token) || open.get(token)?.has(id)) continue;
      this.#held.delete(job);
      job.cancel(new LeaseLostError());
      this.#options.onEvent({ kind: "lost", job: job.job });
    }
    this.#waiting = this.#waiting.filter((job) => this.#held.has(job));
  }

  /** Gives back the jobs that have not started. */
  releaseWaiting(): void {
    for (const job of this.#waiting) this.#release(job);
    this.#waiting = [];
  }

  /** Starts no job any more: those that wait, or are added, are given back. */
  close(): void {
    this.#closed = true;
    this.releaseWaiting();
  }

  /** Closes, and cancels what runs: it is given back, or has failed where `blame` says why. */
  end(blame?: string): void {
    this.close();
    for (const job of this.#held) {
      const reason = new Error(blame ?? "the worker was stopped before the job finished");
      if (blame === undefined) this.#release(job);
      else this.#fail(job, reason);
      job.cancel(reason);
    }
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
      this.#complete(job, result, performance.now() - startedAt);
    } catch (error) {
      this.#fail(job, error);
    }
    this.#running -= 1;
    this.#startWaiting();
  }

  #complete(job: HeldJob, result: unknown, ms: number): void {
    const encoded = result === undefined ? {} : { result: encodeResult(result) };
    if (!this.#held.delete(job)) return;
    this.#onReport({ id: job.claim.id, token: job.claim.token, outcome: "completed", ...encoded });
    this.#options.onEvent({ kind: "completed", job: job.job, ms });
  }

  #release(job: HeldJob): void {
    if (!this.#held.delete(job)) return;
    this.#onReport({ id: job.claim.id, token: job.claim.token, outcome: "released" });
    this.#options.onEvent({ kind: "released", job: job.job });
  }

  #fail(job: HeldJob, thrown: unknown): void {
    if (!this.#held.delete(job)) return;
    const { id, token, attempt, maxAttempts } = job.claim;
    const { retryAfterMs, ...failure } = describeFailure(thrown);
    const wait = retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs };
    this.#onReport({ id, token, outcome: "failed", ...failure, ...wait });
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
