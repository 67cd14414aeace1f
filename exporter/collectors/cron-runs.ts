import { defineCollector, hasExtension } from "../collector.ts";
import { cronDueSamples } from "../cron-due-samples.ts";
import { type CronJobRow, labelCronJobs } from "../cron-job-labels.ts";
import type { CronRunRow, NewCronRunRow } from "../cron-run-row.ts";
import { cronRunSamples } from "../cron-run-samples.ts";
import { type CronRunState, cronRunState, readAfter, resumeState } from "../cron-run-state.ts";
import type { Query } from "../database.ts";
import { foldCronHistory } from "../fold-cron-history.ts";
import { foldCronRuns } from "../fold-cron-runs.ts";
import { type CronClock, foldPunctuality } from "../fold-punctuality.ts";

/** Most new runs and most rows of history read at once; what is beyond is read next time. */
export const batch = 5000;

/**
 * The runs in cron.job_run_details, each finished one counted once. The table is read by run id alone, its only index:
 * what is new, what was open, and at first a batch of history at a time, so that a scrape costs the same at any size.
 */
export const cronRuns = defineCollector({
  name: "cron_runs",
  metrics: [
    "pg_cron_job_runs_total",
    "pg_cron_job_run_duration_seconds",
    "pg_cron_job_last_run_start_timestamp_seconds",
    "pg_cron_job_last_run_end_timestamp_seconds",
    "pg_cron_job_last_run_duration_seconds",
    "pg_cron_job_last_run_status",
    "pg_cron_job_last_success_timestamp_seconds",
    "pg_cron_job_consecutive_failures",
    "pg_cron_job_open_run_start_timestamp_seconds",
    "pg_cron_running_jobs",
    "pg_cron_job_failures_total",
    "pg_cron_job_start_delay_seconds",
    "pg_cron_job_missed_runs_total",
    "pg_cron_job_expected_run_timestamp_seconds",
    "pg_cron_job_next_run_timestamp_seconds",
    "pg_cron_job_schedule_interval_seconds",
  ],
  predicate: hasExtension("pg_cron"),
  timeoutMs: 3000,
  minIntervalMs: 1000,
  state: cronRunState,
  async collect({ query, state, steady }) {
    const [row] = await query<Omit<CronClock, "steady">>("select * from jobstack.metrics_cron_clock()");
    if (!row) return { samples: [] };
    const clock = { ...row, steady };
    const jobs = await query<CronJobRow>("select * from jobstack.metrics_cron_jobs()");
    const start = resumeState(state, clock);
    const rows = await readRuns(query, start);
    const jobids = jobs.map(({ jobid }) => jobid);
    const folded = foldCronRuns(start, jobids, rows, clock.server_time);
    const punctual = foldPunctuality(folded, jobs, rows, clock);
    const next = await readHistory(query, punctual, jobids, clock.server_time);
    const labels = labelCronJobs(jobs);
    return {
      samples: [...cronRunSamples(labels, next), ...cronDueSamples(labels, jobs, next, clock)],
      state: next,
    };
  },
});

function readRuns(query: Query, state: CronRunState): Promise<NewCronRunRow[]> {
  const open = state.open.map(({ runid }) => runid);
  return query<NewCronRunRow>("select * from jobstack.metrics_cron_runs($1, $2, $3)", [
    readAfter(state),
    open,
    batch,
  ]);
}

async function readHistory(
  query: Query,
  state: CronRunState,
  jobids: readonly number[],
  now: number,
): Promise<CronRunState> {
  if (state.historyBelow === null) return state;
  const sql = "select * from jobstack.metrics_cron_history($1, $2)";
  const rows = await query<CronRunRow>(sql, [state.historyBelow, batch]);
  return foldCronHistory(state, jobids, rows, batch, now);
}
