import { thresholds } from "../../alerts/thresholds.ts";
import type { CronJobView } from "./cron-view.ts";
import { countText } from "./number-text.ts";
import { crossed, type Problem, sortProblems } from "./problem.ts";
import { type QueueView, waitsTooLong } from "./queue-view.ts";
import type { Readings } from "./readings.ts";
import { durationText } from "./time-text.ts";

export interface Observed {
  readings: Readings;
  queues: readonly QueueView[];
  cronJobs: readonly CronJobView[];
  /** Unix time in seconds. */
  now: number;
}

/**
 * The thresholds of the alerts that what was last read crosses, for when nothing evaluates the alerts themselves. How
 * long it has been so is not asked, and what only Prometheus can tell (budgets, a growing backlog) is left out.
 */
export function findBreaches({ readings, queues, cronJobs, now }: Observed): Problem[] {
  return sortProblems([
    ...queues.flatMap(queueBreaches),
    ...cronJobs.filter(({ active }) => active !== false).flatMap((job) => cronJobBreaches(job, now)),
    ...cronBreaches(readings),
    ...upkeepBreaches(readings, now),
    ...pgNetBreaches(readings),
    ...readings
      .all("jobstack_exporter_collector_success")
      .filter(({ value }) => value === 0 && readings.value("jobstack_exporter_database_up", {}) === 1)
      .map(({ labels }) => crossed("JobstackCollectorFailing", labels.collector)),
  ]);
}

function queueBreaches(queue: QueueView): Problem[] {
  const { name, stuck, oldestWaitingSeconds: oldest, deadLettersNow } = queue;
  const stalled = (oldest ?? 0) > thresholds.stalledSeconds;
  return [
    ...when(stuck !== null && stuck > 0, "JobsStuck", `${name}: ${countText(stuck, "job")}`),
    ...when(
      waitsTooLong(queue),
      stalled ? "JobsQueueStalled" : "JobsQueueOldestTooOld",
      `${name}: the oldest for ${durationText(oldest ?? 0)}`,
    ),
    ...when(
      (deadLettersNow ?? 0) > 0,
      "JobsDeadLettered",
      `${name}: ${countText(deadLettersNow, "job")} in the last ${thresholds.deadLetterWindow}`,
    ),
  ];
}

function cronJobBreaches(job: CronJobView, now: number): Problem[] {
  const { name, consecutiveFailures: failures, lastSuccess, intervalSeconds, runningSince, missedNow } = job;
  const { cronFailures, cronIntervals, cronGraceSeconds, cronRunSeconds } = thresholds;
  const failing = (failures ?? 0) >= cronFailures;
  const sinceSuccess = lastSuccess === null ? 0 : now - lastSuccess;
  const open = runningSince === null ? 0 : now - runningSince;
  return [
    ...when(
      (failures ?? 0) > 0,
      failing ? "CronJobFailing" : "CronJobLastRunFailed",
      `${name}: ${countText(failures, "failure")} in a row`,
    ),
    ...when(
      intervalSeconds !== null && sinceSuccess > cronIntervals * intervalSeconds + cronGraceSeconds,
      "CronJobNotSucceeding",
      `${name}: last succeeded ${durationText(sinceSuccess)} ago`,
    ),
    ...when((missedNow ?? 0) > 0, "CronJobMissed", `${name}: ${countText(missedNow, "run")}`),
    ...when(open > cronRunSeconds, "CronRunStuck", `${name}: for ${durationText(open)}`),
  ];
}

function cronBreaches(readings: Readings): Problem[] {
  const bytes = readings.value("pg_cron_run_history_size_bytes", {}) ?? 0;
  return [
    ...when(readings.value("pg_cron_scheduler_up", {}) === 0, "CronSchedulerDown", ""),
    ...when(
      readings.value("pg_cron_log_run_enabled", {}) === 0,
      "CronRunsNotRecorded",
      "cron.log_run is off",
    ),
    ...when(
      bytes > thresholds.cronHistoryBytes,
      "CronHistoryLarge",
      `${(bytes / 2 ** 30).toFixed(1)} GiB in cron.job_run_details`,
    ),
  ];
}

function upkeepBreaches(readings: Readings, now: number): Problem[] {
  const tick = readings.value("jobs_tick_last_run_timestamp_seconds", {});
  const sinceTick = tick === null ? 0 : now - tick;
  return when(sinceTick > thresholds.tickSeconds, "JobsTickStale", `last ran ${durationText(sinceTick)} ago`);
}

function pgNetBreaches(readings: Readings): Problem[] {
  const standing = readings.value("pg_net_queue_head_unchanged_seconds", {}) ?? 0;
  return [
    ...when(readings.value("pg_net_worker_up", {}) === 0, "PgNetWorkerDown", ""),
    ...when(
      standing > thresholds.pgNetStandstillSeconds,
      "PgNetQueueStandsStill",
      `for ${durationText(standing)}`,
    ),
    ...readings
      .all("pg_net_call_consecutive_failures")
      .filter(({ value }) => value >= thresholds.callFailures)
      .map(({ labels: { source, name }, value }) =>
        crossed("FunctionCallsFailing", `${source} ${name}: ${countText(value, "failure")} in a row`),
      ),
  ];
}

function when(holds: boolean, alert: string, detail: string): Problem[] {
  return holds ? [crossed(alert, detail)] : [];
}
