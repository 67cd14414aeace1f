import { thresholds } from "../../alerts/thresholds.ts";
import { grewBy, type History, type Series } from "./history.ts";
import { minutesOf } from "./minutes-of.ts";
import type { Readings } from "./readings.ts";

const statuses = ["starting", "running", "succeeded", "failed"] as const;

/** A cron job as the page shows it; null is what is not known. Times are Unix times in seconds. */
export interface CronJobView {
  name: string;
  database: string;
  schedule: string;
  /** False: switched off. */
  active: boolean | null;
  /** Of the newest run; null when none is recorded. */
  status: (typeof statuses)[number] | null;
  lastStart: number | null;
  lastEnd: number | null;
  lastDurationSeconds: number | null;
  lastSuccess: number | null;
  /** Start of the run that is under way. */
  runningSince: number | null;
  next: number | null;
  intervalSeconds: number | null;
  consecutiveFailures: number | null;
  missed: number | null;
  missedLately: number | null;
  /** So few minutes ago that it is trouble still. */
  missedNow: number | null;
  durationTrend: Series;
}

/** The cron jobs, those with trouble first and those that are off last. */
export function cronJobViews(readings: Readings, history: History): CronJobView[] {
  return readings
    .all("pg_cron_job_info")
    .map(({ labels: { job_name, database, schedule } }) =>
      cronJobView({ job_name, database }, schedule, readings, history),
    )
    .sort((a, b) => trouble(b) - trouble(a) || a.name.localeCompare(b.name));
}

function cronJobView(
  job: { job_name: string; database: string },
  schedule: string,
  readings: Readings,
  history: History,
): CronJobView {
  const active = readings.value("pg_cron_job_active", job);
  const missed = history.series("pg_cron_job_missed_runs_total", job);
  return {
    name: job.job_name,
    database: job.database,
    schedule,
    active: active === null ? null : active === 1,
    status:
      statuses.find((status) => readings.value("pg_cron_job_last_run_status", { ...job, status }) === 1) ??
      null,
    lastStart: readings.value("pg_cron_job_last_run_start_timestamp_seconds", job),
    lastEnd: readings.value("pg_cron_job_last_run_end_timestamp_seconds", job),
    lastDurationSeconds: readings.value("pg_cron_job_last_run_duration_seconds", job),
    lastSuccess: readings.value("pg_cron_job_last_success_timestamp_seconds", job),
    runningSince: readings.value("pg_cron_job_open_run_start_timestamp_seconds", job),
    next: readings.value("pg_cron_job_next_run_timestamp_seconds", job),
    intervalSeconds: readings.value("pg_cron_job_schedule_interval_seconds", job),
    consecutiveFailures: readings.value("pg_cron_job_consecutive_failures", job),
    missed: readings.value("pg_cron_job_missed_runs_total", job),
    missedLately: grewBy(missed),
    missedNow: grewBy(missed, minutesOf(thresholds.missedWindow)),
    durationTrend: history.series("pg_cron_job_last_run_duration_seconds", job),
  };
}

function trouble({ active, consecutiveFailures, missedNow }: CronJobView): number {
  if (active === false) return -1;
  return Number((consecutiveFailures ?? 0) > 0) * 2 + Number((missedNow ?? 0) > 0);
}
