/** How a worker paces itself. All times in milliseconds. */
export interface WorkerSettings {
  /** Jobs that run at the same time. */
  readonly concurrency: number;
  /** Most jobs held at the same time, running or waiting for a free place; at least `concurrency`, at most 1000. */
  readonly batch: number;
  /**
   * How far ahead jobs are claimed: as many more than `concurrency` as end in this time. It saves round trips when jobs
   * take milliseconds; when they take long, it would only keep work from other workers.
   */
  readonly aheadMs: number;
  /** Jobs claimed in all; after the last one the worker calls a successor if there are more, and ends. */
  readonly maxJobs: number;
  /** Shortest time from the end of a job to the next claim. */
  readonly pauseMs: number;
  /** How long an empty queue is polled before the worker goes to sleep. */
  readonly lingerMs: number;
  /** Pause before the first poll of an empty queue; each further one is longer by the same amount. */
  readonly minPollMs: number;
  /** Longest pause between two polls. */
  readonly maxPollMs: number;
  /** How long a finished job may wait for others to share its round trip. */
  readonly gatherMs: number;
  /** Longest run of one handler; its attempt fails then. */
  readonly jobTimeoutMs: number;
  /** How long the queue may be unreachable before the worker gives up. */
  readonly giveUpMs: number;
}

export const defaultSettings: WorkerSettings = {
  concurrency: 10,
  batch: 1_000,
  aheadMs: 200,
  maxJobs: Number.POSITIVE_INFINITY,
  pauseMs: 0,
  lingerMs: 3_000,
  minPollMs: 50,
  maxPollMs: 250,
  gatherMs: 10,
  jobTimeoutMs: 120_000,
  giveUpMs: 30_000,
};
