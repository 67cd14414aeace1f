import { finishedOf, type NewCronRunRow, newestOf } from "./cron-run-row.ts";
import { type CronRunState, durationBuckets, type JobRuns, jobsOf, overlap } from "./cron-run-state.ts";
import { observe } from "./distribution.ts";

/** A run that has not begun this many seconds after it was first seen was abandoned. */
const longestStart = 60;

/**
 * Takes over the rows read after `readAfter(state)` and the open runs read again.
 * `jobids` are all jobs there are: what belongs to others is dropped. `now` is a Unix time in seconds.
 */
export function foldCronRuns(
  state: CronRunState,
  jobids: readonly number[],
  rows: readonly NewCronRunRow[],
  now: number,
): CronRunState {
  const jobs = jobsOf(state, jobids);
  const counted = new Set(state.counted);
  const open: CronRunState["open"] = [];
  forgetDeleted(state, jobs, rows);
  for (const row of [...rows].sort((a, b) => a.runid - b.runid)) {
    const { runid, jobid } = row;
    const job = jobs[jobid];
    if (!job || counted.has(runid)) continue;
    if (count(job, row)) counted.add(runid);
    else open.push(openRun(row, firstSeen(state, runid) ?? now, now));
    if (runid >= (job.newest?.runid ?? 0)) job.newest = newestOf(row);
  }
  for (const job of Object.values(jobs)) {
    // A clock that was set back must not make a success look new until it has caught up.
    if (job.lastSuccessAt !== null) job.lastSuccessAt = Math.min(job.lastSuccessAt, now);
  }
  const watermark = Math.max(state.watermark, ...rows.map(({ runid }) => runid));
  return {
    ...state,
    jobs,
    watermark,
    counted: [...counted].filter((runid) => runid > watermark - overlap),
    open: open.filter(({ runid, jobid }) => jobs[jobid]?.newest?.runid === runid),
  };
}

/** A run that was open and whose row is gone can never be seen to finish. */
function forgetDeleted(
  state: CronRunState,
  jobs: Record<string, JobRuns>,
  rows: readonly NewCronRunRow[],
): void {
  const there = new Set(rows.map(({ runid }) => runid));
  for (const { runid, jobid } of state.open) {
    const job = jobs[jobid];
    if (job?.newest?.runid === runid && !there.has(runid)) job.newest = null;
  }
}

/**
 * Before it starts a run has no process yet; pg_cron gives up such a one after ten seconds. One that began in what is
 * the future now, since the clock was set back, counts from when that was seen.
 */
function openRun(row: NewCronRunRow, firstSeenAt: number, now: number): CronRunState["open"][number] {
  const { runid, jobid, started_at: startedAt, alive } = row;
  const since = startedAt !== null && startedAt <= now ? startedAt : Math.min(firstSeenAt, now);
  return { runid, jobid, since, alive: alive ?? now - since <= longestStart };
}

function firstSeen(state: CronRunState, runid: number): number | undefined {
  return state.open.find((run) => run.runid === runid)?.since;
}

/** False for a run that is not finished. */
function count(job: JobRuns, row: NewCronRunRow): boolean {
  const run = finishedOf(row);
  if (!run) return false;
  job[run.status] += 1;
  if (row.failure) job.failures[row.failure] = (job.failures[row.failure] ?? 0) + 1;
  if (run.duration !== null)
    job.durations = observe(job.durations, durationBuckets, Math.max(0, run.duration));
  const isLast = run.runid > (job.finished?.runid ?? 0);
  if (run.status === "succeeded")
    job.lastSuccessAt = (isLast ? run.endedAt : null) ?? later(job.lastSuccessAt, run.endedAt);
  if (isLast) {
    job.consecutiveFailures = run.status === "failed" ? job.consecutiveFailures + 1 : 0;
    job.finished = run;
  }
  return true;
}

function later(a: number | null, b: number | null): number | null {
  return a !== null && b !== null ? Math.max(a, b) : (a ?? b);
}
