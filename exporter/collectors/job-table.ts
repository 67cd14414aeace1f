import { type Collector, defineCollector } from "../collector.ts";
import type { Query } from "../database.ts";
import {
  attemptBuckets,
  type FinishedJobsRow,
  type FinishedJobsState,
  finishedJobsState,
  foldFinishedJobs,
  resumeFinishedJobs,
  runBuckets,
  waitBuckets,
} from "../finished-jobs-state.ts";
import type { JobTable } from "../job-table.ts";
import { jobTimesSamples } from "../job-times-samples.ts";
import { sample } from "../sample.ts";

/** A row of jobstack.metrics_job_table(). */
export interface JobTableRow {
  ready: number | null;
  scheduled: number | null;
  processing: number | null;
  stuck: number | null;
  oldest_ready_age: number | null;
  oldest_processing_age: number | null;
  timed: boolean;
  server_us: number;
}

/** Most jobs observed at once after they finished; what is beyond is observed next time. */
const batch = 20_000;

/**
 * A collector of one job table that the configuration describes, for a database without the queue core. Each table has
 * its own, so that one that cannot be read takes nothing from the others.
 */
export function jobTableCollector(table: JobTable): Collector {
  const queue = table.name;
  const description = JSON.stringify(table);
  return defineCollector({
    name: `job_table_${queue}`,
    queue,
    metrics: [
      "jobs_depth",
      "jobs_stuck",
      "jobs_oldest_ready_age_seconds",
      "jobs_oldest_processing_age_seconds",
      "jobs_finished_total",
      "jobs_times_observed",
      "jobs_wait_seconds",
      "jobs_run_seconds",
      "jobs_attempts",
    ],
    predicate: "true",
    timeoutMs: 3000,
    minIntervalMs: 4000,
    state: finishedJobsState,
    async collect({ query, state }) {
      // Columns without a time zone are taken as UTC, whatever the session's own is.
      await query("set local timezone = 'UTC'");
      const [row] = await query<JobTableRow>("select * from jobstack.metrics_job_table($1, $2)", [
        queue,
        description,
      ]);
      if (!row) throw new Error(`job table "${queue}": its function returned no row`);
      const next = await observeFinished(
        query,
        queue,
        description,
        resumeFinishedJobs(state, [{ queue, ...row }]),
      );
      return { samples: jobTableSamples(queue, row, next), state: next };
    },
  });
}

/** Nothing is read while finished jobs cannot be observed: the state has no entry then. */
async function observeFinished(query: Query, queue: string, description: string, start: FinishedJobsState) {
  const after = start[queue]?.countedUntilUs;
  if (after === undefined) return start;
  const rows = await query<Omit<FinishedJobsRow, "queue">>(
    "select * from jobstack.metrics_job_table_times($1, $2, $3, $4, $5, $6, $7)",
    [queue, description, after, waitBuckets, runBuckets, attemptBuckets, batch],
  );
  return foldFinishedJobs(
    start,
    rows.map((row) => ({ queue, ...row })),
  );
}

function jobTableSamples(queue: string, row: JobTableRow, state: FinishedJobsState) {
  const times = state[queue];
  return [
    ...sample("jobs_depth", { queue, status: "ready" }, row.ready),
    ...sample("jobs_depth", { queue, status: "scheduled" }, row.scheduled),
    ...sample("jobs_depth", { queue, status: "processing" }, row.processing),
    ...sample("jobs_stuck", { queue }, row.stuck),
    ...sample("jobs_oldest_ready_age_seconds", { queue }, notNegative(row.oldest_ready_age)),
    ...sample("jobs_oldest_processing_age_seconds", { queue }, notNegative(row.oldest_processing_age)),
    ...sample("jobs_times_observed", { queue }, row.timed),
    ...sample("jobs_finished_total", { queue, outcome: "completed" }, times?.finished.completed ?? null),
    ...sample("jobs_finished_total", { queue, outcome: "failed" }, times?.finished.failed ?? null),
    ...(times ? jobTimesSamples(queue, times) : []),
  ];
}

/** A time that lies ahead is of an application whose clock is ahead. */
function notNegative(age: number | null): number | null {
  return age === null ? null : Math.max(0, age);
}
