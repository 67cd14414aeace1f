import type { Duration } from "./rule.ts";

/** Every number of the alerts that someone may want to change, and what changing it does. */
export const thresholds = {
  /** A restart of the exporter or the database is over by then. */
  outageFor: "2m" as Duration,
  /** A collector that meets a lock or a slow moment recovers by itself; one that fails for this long does not. */
  collectorFailingFor: "10m" as Duration,
  /** How long series that were left out keep their alert firing. */
  droppedWindow: "15m" as Duration,
  /** How long a job may wait for a worker, in seconds. Above the time a lost wake-up takes to be noticed. */
  oldestReadySeconds: 300,
  /** A job that waits for this long, in seconds, is more than a delay: nothing works on the queue. */
  stalledSeconds: 900,
  /** The oldest job must have been too old for this long, so that one late job at the end of a burst is no alert. */
  oldestReadyFor: "2m" as Duration,
  /** Jobs count as stuck only after the queue's own stuck_after_seconds; this only spares one late finish. */
  stuckFor: "1m" as Duration,
  /** How long a dead letter keeps its alert firing. Shorter than the way of the alert to a reader loses it. */
  deadLetterWindow: "15m" as Duration,
  /** A backlog below this many jobs is worked off before anyone could act. */
  backlogJobs: 1000,
  /** How long a backlog must grow without a finished job: a burst is worked at while it comes in. */
  backlogFor: "15m" as Duration,
  /** How long failed wake-ups keep their alert firing. */
  wakeupWindow: "10m" as Duration,
  /** The tick runs every 10 seconds; after this many seconds without one nothing rescues work any more. */
  tickSeconds: 120,
  /** How long a webhook may be down before it matters that the database's own alerts do not arrive. */
  undeliveredFor: "30m" as Duration,
  /** How long a missed run keeps its alert firing. */
  missedWindow: "15m" as Duration,
  /** From this many failed runs in a row on it is no accident. */
  cronFailures: 2,
  /** How long it must have stayed so: a job of every minute may have succeeded meanwhile. */
  cronFailingFor: "5m" as Duration,
  /** After so many of its intervals without a success a job counts as not succeeding, */
  cronIntervals: 2,
  /** plus this many seconds, for jobs of a short interval whose runs take a while. */
  cronGraceSeconds: 300,
  /** How long a run may take, in seconds. While it does, no other run of its job begins. */
  cronRunSeconds: 3600,
  /** Size of pg_cron's history in bytes: pruning keeps a week, which is far less. */
  cronHistoryBytes: 1_073_741_824,
  /** How long it must have been so large: pruning works in batches. */
  cronHistoryFor: "1h" as Duration,
  /** How long pg_net's worker may be away: it restarts by itself within a second. */
  pgNetDownFor: "5m" as Duration,
  /** Share of requests without a 2xx or 3xx answer. */
  pgNetErrorRatio: 0.2,
  /** Fewer requests than this in ten minutes say nothing of a share. */
  pgNetMinRequests: 20,
  /** How long the same request may be first in the queue, in seconds. Above the longest timeout of a request. */
  pgNetStandstillSeconds: 120,
  /** From this many answers in a row without success on, the function of a schedule or queue does not work. */
  callFailures: 3,
  /** Share of jobs that must not fail for good, and share that must start in time: what is left is the budget. */
  successObjective: 0.99,
  startObjective: 0.95,
  /** What "in time" is: a bound of the buckets of jobs_wait_seconds. */
  startSeconds: 60,
  /** Fewer jobs than this in a window say nothing of a share. */
  burnMinJobs: 20,
} as const;
