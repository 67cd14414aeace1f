import type { Claim, QueueClient } from "../worker/queue-client.ts";
import type { Report } from "../worker/report.ts";

/** A queue in memory with one lease per claimed batch, for tests of the loop without a database. */
export class FakeQueue implements QueueClient {
  readonly reports: Report[] = [];
  readonly calls: string[] = [];
  readonly lostTokens = new Set<string>();
  leaseMs = 60_000;
  /** Called first in every `step`; throw from it to make the call fail. */
  onStep: (done: readonly Report[], want: number) => void = () => {};
  /** How often `sleep` is refused before it is granted. */
  refusals = 0;
  #jobs: string[] = [];
  #token = 0;

  enqueue(...ids: string[]): void {
    this.#jobs.push(...ids);
  }

  async step(done: readonly Report[], want: number): Promise<Claim[]> {
    this.calls.push(`step ${done.length} ${want}`);
    this.onStep(done, want);
    this.reports.push(...done);
    this.#token += 1;
    const token = String(this.#token);
    return this.#jobs
      .splice(0, want)
      .map((id) => ({ id, token, attempt: 1, maxAttempts: 3, leaseMs: this.leaseMs, row: { id } }));
  }

  async heartbeat(tokens: readonly string[]): Promise<Set<string>> {
    this.calls.push(`heartbeat ${tokens.join()}`);
    return new Set(tokens.filter((token) => !this.lostTokens.has(token)));
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
