import { Changed } from "./changed.ts";
import { describeFailure } from "./describe-failure.ts";
import { handOver } from "./hand-over.ts";
import { createQueueClient, type Query, type QueueClient } from "./queue-client.ts";
import { retryPauseMs } from "./retry-pause.ts";
import type { Worker } from "./run-worker.ts";
import { defaultSettings, type WorkerSettings } from "./settings.ts";
import type { WorkerEnd } from "./work-loop.ts";
import type { WorkerEvent } from "./worker-event.ts";

type Pace = Pick<WorkerSettings, "lingerMs" | "minPollMs" | "maxPollMs" | "giveUpMs">;

export interface ObservedWorkerOptions extends Partial<Pace> {
  readonly queue: string;
  readonly query: Query;
  /** Does a bounded part of what is pending and commits it; answers how many jobs it ended, 0 when it found none. */
  readonly work: () => Promise<number>;
  /** When it begins nothing new, on the clock of `performance.now()`; never when left out. May move later meanwhile. */
  readonly workUntil?: () => number;
  readonly onEvent?: (event: WorkerEvent) => void;
}

/** A running worker of an observed queue. What it is at when it is stopped, it ends first. */
export type ObservedWorker = Omit<Worker, "drain">;

/**
 * Starts a worker on an observed queue, whose jobs are claimed and ended by the table's own functions: works until nothing
 * is pending, lingers, and goes to sleep.
 */
export function runObservedWorker(options: ObservedWorkerOptions): ObservedWorker {
  const loop = new ObservedLoop(options);
  return { finished: loop.run(), nudge: () => loop.nudge(), stop: () => loop.stop() };
}

class ObservedLoop {
  readonly #options: ObservedWorkerOptions;
  readonly #pace: Pace;
  readonly #onEvent: (event: WorkerEvent) => void;
  readonly #id: string = crypto.randomUUID();
  readonly #client: QueueClient;
  readonly #changed = new Changed();
  #nudged = false;
  #stopping = false;
  #worked = false;
  #idleSince: number | null = null;
  #emptyLooks = 0;

  constructor(options: ObservedWorkerOptions) {
    this.#options = options;
    this.#pace = { ...defaultSettings, ...options };
    this.#onEvent = options.onEvent ?? (() => {});
    this.#client = createQueueClient(options.query, options.queue, this.#id);
  }

  /** Ends once there is nothing left to do; rejects when the queue stays unreachable. */
  async run(): Promise<WorkerEnd> {
    while (!this.#isOver()) {
      if (await this.#attempt(() => this.#look())) return { missedNudge: this.#nudged };
    }
    await this.#attempt(() => handOver(this.#client, this.#onEvent));
    return { missedNudge: false };
  }

  nudge(): void {
    this.#nudged = true;
    this.#changed.notify();
  }

  stop(): void {
    this.#stopping = true;
    this.#changed.notify();
  }

  #isOver(): boolean {
    const { workUntil = () => Number.POSITIVE_INFINITY } = this.#options;
    return this.#stopping || performance.now() >= workUntil();
  }

  /** Works once, or waits, or falls asleep; true when it has. */
  async #look(): Promise<boolean> {
    this.#nudged = false;
    const mayWork = await this.#stayAwake();
    const began = performance.now();
    const jobs = mayWork ? await this.#options.work() : 0;
    if (jobs > 0) {
      this.#worked = true;
      this.#idleSince = null;
      this.#emptyLooks = 0;
      this.#onEvent({ kind: "worked", jobs, ms: performance.now() - began });
      return false;
    }
    if (!this.#worked && this.#idleSince === null) this.#onEvent({ kind: "nothingToDo" });
    this.#idleSince ??= began;
    this.#emptyLooks += 1;
    if (!this.#nudged && performance.now() - this.#idleSince >= this.#pace.lingerMs) {
      if (await this.#client.sleep()) return true;
    }
    await this.#changed.wait(Math.min(this.#pace.minPollMs * this.#emptyLooks, this.#pace.maxPollMs));
    return false;
  }

  /** False while the queue is paused. */
  async #stayAwake(): Promise<boolean> {
    const { query, queue } = this.#options;
    const sql = "select jobstack.stay_awake($1, $2::text::uuid) as may_work";
    const [answer] = await query(sql, [queue, this.#id]);
    return answer?.may_work === true;
  }

  /** Makes a call to the database, again and ever later while it fails. Rejects when it is time to give up. */
  async #attempt<Result>(call: () => Promise<Result>): Promise<Result> {
    const failingSince = performance.now();
    for (let failures = 1; ; failures += 1) {
      try {
        return await call();
      } catch (error) {
        this.#onEvent({ kind: "unreachable", error: describeFailure(error).error });
        const patienceMs = this.#isOver() ? 0 : this.#pace.giveUpMs;
        if (performance.now() - failingSince >= patienceMs) throw error;
        await this.#changed.wait(retryPauseMs(failures));
      }
    }
  }
}
