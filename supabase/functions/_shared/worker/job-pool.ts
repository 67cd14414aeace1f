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
  /** In the order of their claims, in which they start too. */
  readonly #held = new Set<HeldJob>();
  #waiting: HeldJob[] = [];
  #running = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
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
      this.#drop(job);
      job.cancel(new LeaseLostError());
      this.#options.onEvent({ kind: "lost", job: job.claim });
    }
    this.#waiting = this.#waiting.filter((job) => this.#held.has(job));
    this.#startWaiting();
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
      this.#start(job, performance.now());
    }
  }

  #start(job: HeldJob, now: number): void {
    this.#running += 1;
    job.startedAt = now;
    this.#timer ??= setTimeout(() => this.#failLate(), this.#options.settings.jobTimeoutMs);
    this.#options.onEvent({ kind: "started", job: job.claim });
    this.#handle(job).then(
      (result) => this.#complete(job, result),
      (error) => this.#fail(job, error),
    );
  }

  /** The handler's promise, also when it returns none or throws at once. */
  #handle(job: HeldJob): Promise<unknown> {
    try {
      return Promise.resolve(this.#options.handler(job.claim, job));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Fails the jobs that run for too long, even if their handlers ignore the signal, and looks again for the next. */
  #failLate(): void {
    const { jobTimeoutMs } = this.#options.settings;
    const latest = performance.now() - jobTimeoutMs;
    for (const job of this.#held) {
      if (job.startedAt === undefined) break;
      if (job.startedAt > latest) {
        this.#timer = setTimeout(() => this.#failLate(), job.startedAt - latest);
        return;
      }
      const reason = new Error(`took longer than ${jobTimeoutMs} ms`);
      this.#fail(job, reason);
      job.cancel(reason);
    }
    this.#timer = undefined;
  }

  /** Whether the job was still held; its place is free then. */
  #drop(job: HeldJob): boolean {
    if (!this.#held.delete(job)) return false;
    if (job.startedAt !== undefined) this.#running -= 1;
    if (this.#held.size === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    return true;
  }

  #complete(job: HeldJob, result: unknown): void {
    const { id, token } = job.claim;
    let report: Report = { id, token, outcome: "completed" };
    try {
      if (result !== undefined) report = { ...report, result: encodeJson(result) };
    } catch (cause) {
      this.#fail(job, new PermanentError("the handler's result cannot be written as JSON", { cause }));
      return;
    }
    if (!this.#drop(job)) return;
    this.#onReport(report);
    const ms = performance.now() - (job.startedAt ?? 0);
    this.#options.onEvent({ kind: "completed", job: job.claim, ms });
    this.#startWaiting();
  }

  #release(job: HeldJob): void {
    if (!this.#drop(job)) return;
    this.#onReport({ id: job.claim.id, token: job.claim.token, outcome: "released" });
    this.#options.onEvent({ kind: "released", job: job.claim });
  }

  #fail(job: HeldJob, thrown: unknown): void {
    if (!this.#drop(job)) return;
    const { id, token, attempt, maxAttempts } = job.claim;
    const { retryAfterMs, ...failure } = describeFailure(thrown);
    const wait = retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs };
    this.#onReport({ id, token, outcome: "failed", ...failure, ...wait });
    this.#options.onEvent({ kind: "failed", job: job.claim, attempt, maxAttempts, ...failure });
    this.#startWaiting();
  }
}
