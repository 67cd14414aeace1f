import type { CronFailure, JobRuns } from "./cron-run-state.ts";

/** A row of jobstack.metrics_cron_history(); times are Unix times in seconds. */
export interface CronRunRow {
  runid: number;
  jobid: number;
  status: string;
  started_at: number | null;
  ended_at: number | null;
}

/** A row of jobstack.metrics_cron_runs(). */
export interface NewCronRunRow extends CronRunRow {
  /** Null unless it failed. */
  failure: CronFailure | null;
  /** Whether its process is there; null unless it is under way. */
  alive: boolean | null;
}

/** What `JobRuns.newest` keeps of a run. pg_cron's steps before a run (connecting, sending) count as starting. */
export function newestOf({
  runid,
  status,
  started_at: startedAt,
}: CronRunRow): NonNullable<JobRuns["newest"]> {
  const known = status === "succeeded" || status === "failed" || status === "running";
  return { runid, status: known ? status : "starting", startedAt };
}

/** What `JobRuns.finished` keeps of a run; null for one that is not finished. */
export function finishedOf(row: CronRunRow): JobRuns["finished"] {
  if (row.status !== "succeeded" && row.status !== "failed") return null;
  const { runid, status, started_at: start, ended_at: endedAt } = row;
  return { runid, status, endedAt, duration: start === null || endedAt === null ? null : endedAt - start };
}
