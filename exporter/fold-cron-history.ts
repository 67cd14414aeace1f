import { type CronRunRow, finishedOf, newestOf } from "./cron-run-row.ts";
import { type CronRunState, type JobRuns, jobsOf } from "./cron-run-state.ts";

/**
 * Takes over one batch of the history from before the exporter, newest row first: it shows the last run and the last
 * success of jobs that run rarely, and is not counted. A batch of less than `limit` rows is the last one.
 */
export function foldCronHistory(
  state: CronRunState,
  jobids: readonly number[],
  rows: readonly CronRunRow[],
  limit: number,
  now: number,
): CronRunState {
  const jobs = jobsOf(state, jobids);
  const open = [...state.open];
  for (const row of rows) {
    const { runid, jobid } = row;
    const job = jobs[jobid];
    if (!job) continue;
    const isNewest = job.newest === null;
    job.newest ??= newestOf(row);
    if (!lookAt(job, row) && isNewest) open.push({ runid, jobid, since: row.started_at ?? now, alive: true });
  }
  const complete = rows.length < limit || Object.values(jobs).every((job) => job.lastSuccessAt !== null);
  return {
    ...state,
    jobs,
    open,
    historyBelow: complete ? null : Math.min(...rows.map(({ runid }) => runid)),
  };
}

/** False for a run that is not finished. */
function lookAt(job: JobRuns, row: CronRunRow): boolean {
  const run = finishedOf(row);
  if (!run) return false;
  job.finished ??= run;
  if (job.lastSuccessAt !== null) return true;
  if (run.status === "failed") job.consecutiveFailures += 1;
  else job.lastSuccessAt = run.endedAt;
  return true;
}
