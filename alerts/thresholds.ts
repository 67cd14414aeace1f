import { z } from "zod";
import { catalogue } from "../exporter/catalogue.ts";
import { duration } from "./duration.ts";

const seconds = z.number().positive();
const count = z.number().int().min(1);
const share = z
  .number()
  .gt(0, 'is no share; write a number between 0 and 1, e.g. "0.99"')
  .lt(1, "is no share; write a number between 0 and 1");
const startBounds = catalogue.jobs_wait_seconds.buckets;

/** Every number of the alerts that someone may want to change, and what changing it does. */
export const thresholdSettings = z.strictObject({
  outageFor: duration
    .default("2m")
    .describe(
      "How long the exporter, its database or pg_cron's scheduler may be away: a restart is over by then.",
    ),
  collectorFailingFor: duration
    .default("10m")
    .describe("How long a collector may fail: one that meets a lock or a slow moment recovers by itself."),
  droppedWindow: duration
    .default("15m")
    .describe("How long series that were left out keep their alert firing."),
  oldestReadySeconds: seconds
    .default(300)
    .describe(
      "How long a job may wait for a worker, in seconds. Above the time a lost wake-up takes to be noticed.",
    ),
  stalledSeconds: seconds
    .default(900)
    .describe(
      "A job that waits for this long, in seconds, is more than a delay: nothing works on the queue.",
    ),
  oldestReadyFor: duration
    .default("2m")
    .describe(
      "How long the oldest job must have been too old, so that one late job at the end of a burst is no alert.",
    ),
  stuckFor: duration
    .default("1m")
    .describe(
      "How long jobs must be stuck. They count as such only after their queue's `stuckAfterSeconds`; this spares a late finish.",
    ),
  deadLetterWindow: duration
    .default("15m")
    .describe(
      "How long a dead letter keeps its alert firing. Shorter than the alert's way to a reader loses it.",
    ),
  backlogJobs: count
    .default(1000)
    .describe("A backlog below this many jobs is worked off before anyone could act."),
  backlogFor: duration
    .default("15m")
    .describe("How long a backlog must grow without a finished job: a burst is worked at while it comes in."),
  wakeupWindow: duration.default("10m").describe("How long failed wake-ups keep their alert firing."),
  tickSeconds: seconds
    .default(120)
    .describe("After this many seconds without a tick, which comes every 10, nothing rescues work any more."),
  undeliveredFor: duration
    .default("30m")
    .describe(
      "How long a webhook may be down before it matters that the database's own alerts do not arrive.",
    ),
  missedWindow: duration.default("15m").describe("How long a missed run keeps its alert firing."),
  cronFailures: count.default(2).describe("From this many failed runs in a row on it is no accident."),
  cronFailingFor: duration
    .default("5m")
    .describe("How long it must have stayed so: a job of every minute may have succeeded meanwhile."),
  cronIntervals: z
    .number()
    .min(1)
    .default(2)
    .describe("After so many of its intervals without a success a cron job counts as not succeeding,"),
  cronGraceSeconds: z
    .number()
    .min(0)
    .default(300)
    .describe("plus this many seconds, for cron jobs of a short interval whose runs take a while."),
  cronRunSeconds: seconds
    .default(3600)
    .describe("How long a run may take, in seconds. While it does, no other run of its job begins."),
  cronHistoryBytes: count
    .default(1_073_741_824)
    .describe("Size of pg_cron's history in bytes: pruning keeps a week, which is far less."),
  cronHistoryFor: duration
    .default("1h")
    .describe("How long it must have been so large: pruning works in batches."),
  pgNetDownFor: duration
    .default("5m")
    .describe("How long pg_net's worker may be away: it restarts by itself within a second."),
  pgNetErrorRatio: share.default(0.2).describe("Share of requests without a 2xx or 3xx answer."),
  pgNetMinRequests: count
    .default(20)
    .describe("Fewer requests than this in ten minutes say nothing of a share."),
  pgNetStandstillSeconds: seconds
    .default(120)
    .describe(
      "How long the same request may be first in the queue, in seconds. Above the longest timeout of a request.",
    ),
  callFailures: count
    .default(3)
    .describe(
      "From this many answers in a row without success on, the function of a schedule or queue does not work.",
    ),
  successObjective: share
    .default(0.99)
    .describe("Share of jobs that must not fail for good: what is left is the budget."),
  startObjective: share
    .default(0.95)
    .describe("Share of jobs that must start in time: what is left is the budget."),
  startSeconds: z
    .number()
    .refine((value) => (startBounds as readonly number[]).includes(value), {
      message: `is no bound of jobs_wait_seconds; write one of: ${startBounds.join(", ")}`,
    })
    .default(60)
    .describe('What "in time" is, in seconds: a bound of the buckets of `jobs_wait_seconds`.'),
  burnMinJobs: count.default(20).describe("Fewer jobs than this in a window say nothing of a share."),
});

export type Thresholds = z.infer<typeof thresholdSettings>;

/** What holds where a stack's settings say nothing; the dashboards draw these. */
export const thresholds: Thresholds = thresholdSettings.parse({});
