import { cronFailures } from "./catalogue/cron.ts";
import type { CronJobLabels } from "./cron-job-labels.ts";
import type { CronRunState, JobRuns } from "./cron-run-state.ts";
import { distribution, sample } from "./sample.ts";

const statuses = ["starting", "running", "succeeded", "failed"] as const;

/** What is known of the runs of the jobs in `labels`, as samples. */
export function cronRunSamples(labels: ReadonlyMap<number, CronJobLabels>, state: CronRunState) {
  return [
    ...sample("pg_cron_running_jobs", {}, state.open.filter(({ alive }) => alive).length),
    ...[...labels].flatMap(([jobid, job]) => {
      const since = state.open.find((run) => run.jobid === jobid && run.alive)?.since ?? null;
      const runs = state.jobs[jobid];
      return runs ? [...countSamples(job, runs), ...lastRunSamples(job, runs, since)] : [];
    }),
  ];
}

function countSamples(job: CronJobLabels, runs: JobRuns) {
  return [
    ...sample("pg_cron_job_runs_total", { ...job, status: "succeeded" }, runs.succeeded),
    ...sample("pg_cron_job_runs_total", { ...job, status: "failed" }, runs.failed),
    ...cronFailures.flatMap((reason) =>
      sample("pg_cron_job_failures_total", { ...job, reason }, runs.failures[reason] ?? 0),
    ),
    ...distribution("pg_cron_job_run_duration_seconds", job, runs.durations),
  ];
}

function lastRunSamples(job: CronJobLabels, { newest, finished, ...runs }: JobRuns, since: number | null) {
  return [
    ...sample("pg_cron_job_last_run_start_timestamp_seconds", job, newest?.startedAt ?? null),
    ...sample("pg_cron_job_last_run_end_timestamp_seconds", job, finished?.endedAt ?? null),
    ...sample("pg_cron_job_last_run_duration_seconds", job, finished?.duration ?? null),
    ...statuses.flatMap((status) =>
      sample("pg_cron_job_last_run_status", { ...job, status }, newest && newest.status === status),
    ),
    ...sample("pg_cron_job_last_success_timestamp_seconds", job, runs.lastSuccessAt),
    ...sample("pg_cron_job_consecutive_failures", job, runs.consecutiveFailures),
    ...sample("pg_cron_job_open_run_start_timestamp_seconds", job, since),
  ];
}
