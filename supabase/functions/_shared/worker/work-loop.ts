import { Changed } from "./changed.ts";
import { describeFailure } from "./describe-failure.ts";
import { handOver } from "./hand-over.ts";
import { Heartbeat } from "./heartbeat.ts";
import { isRefusedData } from "./is-refused-data.ts";
import type { JobHandler } from "./job.ts";
import { JobPool } from "./job-pool.ts";
import { nextAction, type WorkerState } from "./next-action.ts";
import { Pace } from "./pace.ts";
import type { Claim, QueueClient } from "./queue-client.ts";
import type { Report } from "./report.ts";
import { ReportBuffer } from "./report-buffer.ts";
import { retryPauseMs } from "./retry-pause.ts";
import type { WorkerSettings } from "./settings.ts";
import type { WorkerEvent } from "./worker-event.ts";

export interface WorkLoopOptions {
  readonly queue: string;
  readonly client: QueueClient;
  readonly handler: JobHandler;
  readonly settings: WorkerSettings;
  /** When claiming ends, on the clock of `performance.now()`; may move later while the loop runs. */
  readonly claimUntil: () => number;
  readonly onEvent: (event: WorkerEvent) => void;
}

/** How a worker ended. */
export interface WorkerEnd {
  /** It was nudged too late to look again. */
  readonly missedNudge: boolean;
}

/** Claims, runs and reports jobs until the queue is empty or the time is up. What to do next is `nextAction`'s to say. */
export class WorkLoop {
  readonly #options: WorkLoopOptions;
  readonly #changed = new Changed();
  readonly #reports = new ReportBuffer();
  readonly #pool: JobPool;
  readonly #heartbeat = new Heartbeat(() => this.#beat());
  readonly #pace: Pace;
  #steppedAt = 0;
  #claimed = 0;
  #endedAt: number | null = null;
  #lastClaim: WorkerState["lastClaim"] = "nothing";
  #polledAt: number | null = null;
  #emptyPolls = 0;
  #idleSince: number | null = null;
  #sleepRefusedAt: number | null = null;
  #nudged = false;
  #watching = false;
  /** When the database may be asked to watch again. */
  #watchAt = 0;
  #stopping = false;
  #draining = false;
  #handedOver = false;
  #asleep = false;
  #failures = 0;
  #failingSince: number | null = null;
  #retryAt = 0;

  constructor(options: WorkLoopOptions) {
    this.#options = options;
    this.#pace = new Pace(options.settings);
    this.#pool = new JobPool(options, (report) => {
      this.#endedAt = performance.now();
      this.#reports.add(report, this.#endedAt);
      this.#changed.notify();
    });
  }

  /** Ends once there is nothing left to do; rejects when the queue stays unreachable. */
  async run(): Promise<WorkerEnd> {
    try {
      while (await this.#act()) {}
      return { missedNudge: this.#nudged };
    } finally {
      this.#heartbeat.stop();
      this.#pool.end();
    }
  }

  /** There may be work: poll now instead of later. */
  nudge(): void {
    this.#nudged = true;
    this.#changed.notify();
  }

  /** Claims no more; `run` returns once what runs has ended. */
  drain(): void {
    this.#draining = true;
    this.#pool.close();
    this.#changed.notify();
  }

  /**
   * Cancels what runs and gives it back to the queue; `run` returns soon. With `blame`, which says why, what runs has
   * failed instead: it may be the reason, and must not be tried for ever.
   */
  stop(blame?: string): void {
    this.#stopping = true;
    this.#retryAt = 0;
    this.#pool.end(blame);
    this.#changed.notify();
  }

  /** One move; false when the loop is over. */
  async #act(): Promise<boolean> {
    const action = nextAction(this.#state(), this.#options.settings);
    switch (action.kind) {
      case "step":
        await this.#attempt(() => this.#step(action.want));
        return true;
      case "giveBack":
        this.#pool.releaseWaiting();
        return true;
      case "watch":
        void this.#watch();
        await this.#pause(action.ms);
        return true;
      case "wait":
        await this.#pause(action.ms);
        return true;
      case "sleep":
        await this.#attempt(() => this.#sleep());
        return !this.#asleep;
      case "handOver":
        this.#handedOver = true;
        await this.#attempt(() => handOver(this.#options.client, this.#options.onEvent));
        return true;
      case "exit":
        return false;
    }
  }

  /** Until something changes; all that changes in the same turn of the event loop is seen together then. */
  async #pause(ms: number): Promise<void> {
    await this.#changed.wait(ms);
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #step(want: number): Promise<void> {
    const done = this.#reports.take();
    this.#notePace(done);
    const wanted = this.#reports.isolating ? 0 : want;
    if (wanted > 0) this.#nudged = false;
    let claims: Claim[];
    try {
      claims = await this.#options.client.step(done, wanted);
    } catch (error) {
      if (done.length === 0 || !isRefusedData(error)) throw error;
      this.#reports.refuse(describeFailure(error).error, wanted === 0);
      return;
    }
    this.#reports.confirm();
    if (wanted > 0) {
      this.#handedOver = false;
      this.#noteClaim(claims.length, wanted);
    }
    for (const claim of claims) this.#heartbeat.follow(claim.leaseMs);
    // The time that the database takes is no reason to ask it more often, for less.
    this.#steppedAt = performance.now();
    this.#pool.add(claims);
  }

  #notePace(done: readonly Report[]): void {
    const now = performance.now();
    const ended = done.filter(({ outcome }) => outcome !== "released").length;
    // Without a report the worker may have had nothing to do.
    if (done.length > 0) this.#pace.note(ended, now - this.#steppedAt);
  }

  #noteClaim(given: number, wanted: number): void {
    const now = performance.now();
    this.#claimed += given;
    if (given > 0) this.#watchAt = 0;
    if (given === 0 && this.#polledAt === null) this.#options.onEvent({ kind: "nothingToDo" });
    this.#lastClaim = given === 0 ? "nothing" : given < wanted ? "some" : "more";
    this.#polledAt = now;
    this.#emptyPolls = given === 0 ? this.#emptyPolls + 1 : 0;
    this.#idleSince = given === 0 && this.#pool.size === 0 ? (this.#idleSince ?? now) : null;
  }

  /**
   * Has the database watch for a job, for as long as there would be no poll; never rejects, since a poll comes next. Only
   * a claim that gave something lets it watch again sooner: a job that nobody can claim would be seen again at once.
   */
  async #watch(): Promise<void> {
    const { client, settings } = this.#options;
    const now = performance.now();
    if (this.#watching || now < this.#watchAt) return;
    this.#watching = true;
    this.#watchAt = now + settings.maxPollMs;
    const came = await client.awaitJob(settings.maxPollMs).catch(() => false);
    this.#watching = false;
    if (came) this.nudge();
    else this.#changed.notify();
  }

  async #sleep(): Promise<void> {
    this.#asleep = await this.#options.client.sleep();
    if (!this.#asleep) this.#sleepRefusedAt = performance.now();
  }

  /** Runs a call to the queue; after a failure the next one waits, ever longer. Rejects when it is time to give up. */
  async #attempt(call: () => Promise<void>): Promise<void> {
    const { settings, onEvent } = this.#options;
    try {
      await call();
      this.#failures = 0;
      this.#failingSince = null;
    } catch (error) {
      const now = performance.now();
      this.#failures += 1;
      this.#failingSince ??= now;
      onEvent({ kind: "unreachable", error: describeFailure(error).error });
      const patience = this.#stopping ? 0 : settings.giveUpMs;
      if (now - this.#failingSince >= patience && this.#pool.size === 0) throw error;
      this.#retryAt = now + retryPauseMs(this.#failures);
    }
  }

  async #beat(): Promise<void> {
    const tokens = this.#pool.tokens();
    if (tokens.length === 0) return;
    try {
      this.#pool.keep(tokens, await this.#options.client.heartbeat(tokens));
      this.#changed.notify();
    } catch (error) {
      this.#options.onEvent({ kind: "unreachable", error: describeFailure(error).error });
    }
  }

  #state(): WorkerState {
    return {
      now: performance.now(),
      unfinished: this.#pool.size,
      batch: this.#pace.batch,
      waitingSince: this.#pool.waitingSince,
      unreported: this.#reports.size,
      unreportedSince: this.#reports.since,
      claimed: this.#claimed,
      endedAt: this.#endedAt,
      lastClaim: this.#lastClaim,
      polledAt: this.#polledAt,
      emptyPolls: this.#emptyPolls,
      idleSince: this.#idleSince,
      sleepRefusedAt: this.#sleepRefusedAt,
      watching: this.#watching,
      nudged: this.#nudged,
      retryAt: this.#retryAt,
      claimUntil: this.#draining ? 0 : this.#options.claimUntil(),
      stopping: this.#stopping,
      handedOver: this.#handedOver,
    };
  }
}
