import { z } from "zod";
import { catalogue } from "./catalogue.ts";
import { distributionOf, emptyDistribution, type KeptDistribution } from "./distribution.ts";

export const waitBuckets = catalogue.jobs_wait_seconds.buckets;
export const runBuckets = catalogue.jobs_run_seconds.buckets;
export const attemptBuckets = catalogue.jobs_attempts.buckets;

const queueTimes = z.object({
  /** Jobs that finished up to this time are observed; microseconds since 1970. */
  countedUntilUs: z.number(),
  wait: distributionOf(waitBuckets),
  run: z.object({ completed: distributionOf(runBuckets), failed: distributionOf(runBuckets) }),
  attempts: distributionOf(attemptBuckets),
  /** How many finished, also those whose times are not known. */
  finished: z.object({ completed: z.number(), failed: z.number() }).default({ completed: 0, failed: 0 }),
});

/** What was observed of finished jobs, by queue. */
export const finishedJobsState = z.record(z.string(), queueTimes);

export type FinishedJobsState = z.infer<typeof finishedJobsState>;
export type QueueTimes = z.infer<typeof queueTimes>;

/** A row of jobstack.metrics_timed_queues(). */
export interface TimedQueueRow {
  queue: string;
  timed: boolean;
  server_us: number;
}

/** A row of jobstack.metrics_finished_jobs(). */
export interface FinishedJobsRow {
  queue: string;
  until_us: number;
  /** Null for jobs that ended otherwise, such as cancelled ones: they are passed over. */
  outcome: "completed" | "failed" | null;
  wait_bucket: number | null;
  run_bucket: number | null;
  attempt_bucket: number | null;
  jobs: number;
  wait_sum: number;
  run_sum: number;
  attempt_sum: number;
}

/** The state to go on from: an entry for each timed queue. Nothing is observed from before the first look. */
export function resumeFinishedJobs(
  state: FinishedJobsState | null,
  queues: readonly TimedQueueRow[],
): FinishedJobsState {
  const timed = queues.filter((row) => row.timed);
  return Object.fromEntries(
    timed.map(({ queue, server_us: now }) => {
      const known = state?.[queue];
      // A clock that was set back would else let the counts stand still until it has caught up.
      return [
        queue,
        known ? { ...known, countedUntilUs: Math.min(known.countedUntilUs, now) } : nothing(now),
      ];
    }),
  );
}

function nothing(countedUntilUs: number): QueueTimes {
  return {
    countedUntilUs,
    wait: emptyDistribution(waitBuckets),
    run: { completed: emptyDistribution(runBuckets), failed: emptyDistribution(runBuckets) },
    attempts: emptyDistribution(attemptBuckets),
    finished: { completed: 0, failed: 0 },
  };
}

/** Takes over the jobs that finished since the last time. */
export function foldFinishedJobs(
  state: FinishedJobsState,
  rows: readonly FinishedJobsRow[],
): FinishedJobsState {
  const next = structuredClone(state);
  for (const row of rows) {
    const queue = next[row.queue];
    if (!queue) continue;
    queue.countedUntilUs = row.until_us;
    if (row.outcome === null) continue;
    queue.finished[row.outcome] += row.jobs;
    add(queue.wait, row.wait_bucket, row.jobs, row.wait_sum);
    add(queue.run[row.outcome], row.run_bucket, row.jobs, row.run_sum);
    add(queue.attempts, row.attempt_bucket, row.jobs, row.attempt_sum);
  }
  return next;
}

function add(into: KeptDistribution, bucket: number | null, jobs: number, sum: number): void {
  if (bucket === null) return;
  into.counts[bucket] = (into.counts[bucket] ?? 0) + jobs;
  into.sum += sum;
}
