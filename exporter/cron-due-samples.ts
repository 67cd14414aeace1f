import type { CronJobLabels, CronJobRow } from "./cron-job-labels.ts";
import type { CronRunState } from "./cron-run-state.ts";
import { timetableOf } from "./cron-timetable.ts";
import type { CronClock } from "./fold-punctuality.ts";
import { distribution, sample } from "./sample.ts";

/** When the jobs are due, and how well they kept to it. */
export function cronDueSamples(
  labels: ReadonlyMap<number, CronJobLabels>,
  jobs: readonly CronJobRow[],
  { punctuality }: CronRunState,
  { server_time: now, time_zone: timeZone }: CronClock,
) {
  return jobs.flatMap(({ jobid, schedule, active }) => {
    const job = labels.get(jobid);
    const known = punctuality[jobid];
    if (!job || !known) return [];
    const timetable = active ? timetableOf(schedule, timeZone) : null;
    const { last, next } = timetable?.around(now, known.settledUntil) ?? { last: null, next: null };
    const interval = last !== null && next !== null ? next - last : null;
    return [
      ...distribution("pg_cron_job_start_delay_seconds", job, known.delays),
      ...sample("pg_cron_job_missed_runs_total", job, known.missed),
      ...sample("pg_cron_job_expected_run_timestamp_seconds", job, last),
      ...sample("pg_cron_job_next_run_timestamp_seconds", job, next),
      ...sample("pg_cron_job_schedule_interval_seconds", job, interval),
    ];
  });
}
