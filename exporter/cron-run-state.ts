import { z } from "zod";
import { cronFailures } from "./catalogue/cron.ts";
import { catalogue } from "./catalogue.ts";
import { distributionOf, emptyDistribution } from "./distribution.ts";
import { punctuality } from "./punctuality.ts";

export const durationBuckets = catalogue.pg_cron_job_run_duration_seconds.buckets;

export type CronFailure = (typeof cronFailures)[number];

const finished = z.object({
  runid: z.number(),
  status: z.enum(["succeeded", "failed"]),
  endedAt: z.number().nullable(),
  duration: z.number().nullable(),
});

const newest = z.object({
  runid: z.number(),
  status: z.enum(["starting", "running", "succeeded", "failed"]),
  startedAt: z.number().nullable(),
});

const jobRuns = z.object({
  newest: newest.nullable(),
  finished: finished.nullable(),
  lastSuccessAt: z.number().nullable(),
  consecutiveFailures: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  failures: z.partialRecord(z.enum(cronFailures), z.number()).default({}),
  durations: distributionOf(durationBuckets),
});

/**
 * What is known of pg_cron's runs. Job ids are the keys of `jobs`. All times are Unix times in seconds.
 * Invariant: a finished run with an id above `floor` and at most `watermark` is counted exactly once.
 */
export const cronRunState = z.object({
  /** Runs up to this id were there before the exporter: they are shown, but not counted. */
  floor: z.number(),
  /** Which history it is about: see jobstack.metrics_cron_clock(); null of a state from before this was kept. */
  incarnation: z.string().nullable().default(null),
  /** Highest run id read. */
  watermark: z.number(),
  /** Ids within the overlap that are counted already. */
  counted: z.array(z.number()),
  /**
   * Runs that were not finished when last read; `since` is their start, or when they were first seen. At most one per
   * job: runs of one job never overlap, so an open run followed by another was abandoned when the launcher died.
   * One that is not alive counts as ended without a word, and is read again in case pg_cron closes it.
   */
  open: z.array(
    z.object({ runid: z.number(), jobid: z.number(), since: z.number(), alive: z.boolean().default(true) }),
  ),
  /** Older history is still to be looked at below this id; null when that is done. */
  historyBelow: z.number().nullable(),
  jobs: z.record(z.string(), jobRuns),
  punctuality: z.record(z.string(), punctuality).default({}),
  /** When the runs were last read, by the clock of the server and by one that is never set. */
  clock: z.object({ server: z.number(), steady: z.number() }).nullable().default(null),
});

export type CronRunState = z.infer<typeof cronRunState>;
export type JobRuns = z.infer<typeof jobRuns>;

/** How far below the watermark to read again: a lower run id may be committed after a higher one. */
export const overlap = 100;

/** What tells whether a state is about the history at hand. */
export interface CronHistory {
  incarnation: string;
  /** Of the newest row; null without rows. */
  newest_runid: number | null;
  /** The highest id that was given, also to rows that are deleted; null before the first. */
  last_runid: number | null;
}

/** Nothing counted yet; everything up to the newest run is history. */
export function firstState({ incarnation, newest_runid: newestRunid }: CronHistory): CronRunState {
  const floor = newestRunid ?? 0;
  return {
    incarnation,
    floor,
    watermark: floor,
    counted: [],
    open: [],
    historyBelow: floor + 1,
    jobs: {},
    punctuality: {},
    clock: null,
  };
}

/**
 * The state to go on from. In a database that was restored elsewhere, and after the extension was made anew, the same
 * ids are other runs and perhaps other jobs, so all that is known of the old ones is dropped.
 */
export function resumeState(state: CronRunState | null, history: CronHistory): CronRunState {
  const { incarnation, last_runid: lastRunid } = history;
  if (state === null) return firstState(history);
  const isOther = state.incarnation !== null && state.incarnation !== incarnation;
  const wentBack = lastRunid !== null && lastRunid < state.watermark;
  return isOther || wentBack ? firstState(history) : { ...state, incarnation };
}

/** The id after which to read. */
export function readAfter(state: CronRunState): number {
  return Math.max(state.floor, state.watermark - overlap);
}

/** A copy of what is known of these jobs: an entry for each, and none for jobs that are gone. */
export function jobsOf(state: CronRunState, jobids: readonly number[]): Record<string, JobRuns> {
  return Object.fromEntries(jobids.map((jobid) => [jobid, structuredClone(state.jobs[jobid] ?? emptyJob())]));
}

function emptyJob(): JobRuns {
  return {
    newest: null,
    finished: null,
    lastSuccessAt: null,
    consecutiveFailures: 0,
    succeeded: 0,
    failed: 0,
    failures: {},
    durations: emptyDistribution(durationBuckets),
  };
}
