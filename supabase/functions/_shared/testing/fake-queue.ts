import type { Claim, OpenJobs, QueueClient } from "../worker/queue-client.ts";
import type { Report } from "../worker/report.ts";

/** A queue in memory with one lease per claimed batch, for tests of the loop without a database. */
export class FakeQueue implements QueueClient {
  readonly reports: Report[] = [];
  readonly calls: string[] = [];
  readonly lostTokens = new Set<string>();
  readonly cancelled = new Set<string>();
  readonly progressed: unknown[] = [];
  leaseMs = 60_000;
  /** Called first in every `step`; throw from it to make the call fail. */
  onStep: (done: readonly Report[], want: number) => void = () => {};
  /** How often `sleep` is refused before it is granted. */
  refusals = 0;
  #jobs: string[] = [];
  #token = 0;
  readonly #leases = new Map<string, string[]>();
  #onEnqueue = () => {};

  enqueue(...ids: string[]): void {
    this.#jobs.push(...ids);
    this.#onEnqueue();
  }

  async step(done: readonly Report[], want: number): Promise<Claim[]> {
    this.calls.push(`step ${done.length} ${want}`);
    this.onStep(done, want);
    this.reports.push(...done);
    this.#token += 1;
    const token = String(this.#token);
    const ids = this.#jobs.splice(0, want);
    this.#leases.set(token, ids);
    return ids.map((id) => ({ id, token, attempt: 1, maxAttempts: 3, leaseMs: this.leaseMs, row: { id } }));
  }

  async awaitJob(ms: number): Promise<boolean> {
    if (this.#jobs.length > 0) return true;
    return await new Promise((resolve) => {
      this.#onEnqueue = () => resolve(true);
      setTimeout(() => resolve(false), ms);
    });
  }

  async heartbeat(tokens: readonly string[]): Promise<OpenJobs> {
    this.calls.push(`heartbeat ${tokens.join()}`);
    return new Map(
      tokens
        .filter((token) => !this.lostTokens.has(token))
        .map((token) => [token, new Set(this.#leases.get(token)?.filter((id) => !this.cancelled.has(id)))]),
    );
  }

  async progress(token: string, id: string, progress: unknown): Promise<boolean> {
    this.progressed.push({ id, progress });
    return !this.lostTokens.has(token) && !this.cancelled.has(id);
  }

  async sleep(): Promise<boolean> {
    this.calls.push("sleep");
    this.refusals -= 1;
    return this.refusals < 0 && this.#jobs.length === 0;
  }

  async wake(): Promise<void> {
    this.calls.push("wake");
  }
}
