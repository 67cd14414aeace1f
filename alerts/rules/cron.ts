import type { RuleGroup } from "../rule.ts";
import type { RuleContext } from "../rule-context.ts";

/** pg_cron: its scheduler and its jobs. */
export function cronRules(context: RuleContext): RuleGroup {
  const { series } = context;
  const {
    outageFor,
    missedWindow,
    cronFailures,
    cronFailingFor,
    cronIntervals,
    cronGraceSeconds,
    cronRunSeconds,
    cronHistoryBytes,
    cronHistoryFor,
  } = context.thresholds;

  /** A job that is switched off is nobody's concern. */
  const isActive = `and on (instance, environment, project, job_name, database) ${series("pg_cron_job_active")} == 1`;
  const ofJob =
    "Cron job {{ $labels.job_name }} in database {{ $labels.database }} of {{ $labels.environment }}";

  return {
    name: "pg-cron",
    dashboard: "jobstack-cron",
    rules: [
      {
        name: "CronSchedulerDown",
        expr: `${series("pg_cron_scheduler_up")} == 0`,
        for: outageFor,
        severity: "critical",
        summary: "The scheduler of pg_cron is not running.",
        description: "No cron job starts in {{ $labels.environment }}: the pg_cron launcher process is gone.",
      },
      {
        name: "CronJobLastRunFailed",
        // Counts finished runs, so that a retry that is under way does not hide the failure.
        expr: `${series("pg_cron_job_consecutive_failures")} > 0 ${isActive}`,
        severity: "warning",
        summary: "The last run of a cron job failed.",
        description: `${ofJob} failed; failures in a row: {{ $value }}.`,
      },
      {
        name: "CronJobFailing",
        expr: `${series("pg_cron_job_consecutive_failures")} >= ${cronFailures} ${isActive}`,
        for: cronFailingFor,
        severity: "critical",
        summary: "A cron job fails again and again.",
        description: `${ofJob} fails; failures in a row: {{ $value }}.`,
      },
      {
        name: "CronJobNotSucceeding",
        expr: `time() - ${series("pg_cron_job_last_success_timestamp_seconds")} > ${cronIntervals} * ${series("pg_cron_job_schedule_interval_seconds")} + ${cronGraceSeconds} ${isActive}`,
        for: cronFailingFor,
        severity: "critical",
        summary: "A cron job has not succeeded for too long.",
        description: `${ofJob} last succeeded {{ $value | humanizeDuration }} ago, more than ${cronIntervals} of its intervals.`,
      },
      {
        name: "CronJobMissed",
        expr: `increase(${series("pg_cron_job_missed_runs_total")}[${missedWindow}]) > 0`,
        severity: "warning",
        summary: "A cron job was due and did not run.",
        description: `${ofJob} missed about {{ $value | humanize }} runs in the last ${missedWindow}.`,
      },
      {
        name: "CronRunStuck",
        expr: `time() - ${series("pg_cron_job_open_run_start_timestamp_seconds")} > ${cronRunSeconds}`,
        for: "1m",
        severity: "warning",
        summary: "A run of a cron job does not end.",
        description: `${ofJob} has been running for {{ $value | humanizeDuration }}; none of its next runs begins.`,
      },
      {
        name: "CronRunsNotRecorded",
        expr: `${series("pg_cron_log_run_enabled")} == 0`,
        for: outageFor,
        severity: "warning",
        summary: "The server's cron does not record runs.",
        description:
          "Runs are not recorded in {{ $labels.environment }} (cron.log_run is off), so alerts on cron jobs are blind.",
      },
      {
        name: "CronHistoryLarge",
        expr: `${series("pg_cron_run_history_size_bytes")} > ${cronHistoryBytes}`,
        for: cronHistoryFor,
        severity: "warning",
        summary: "The history of cron jobs is not pruned.",
        description:
          "Table cron.job_run_details of {{ $labels.environment }} has {{ $value | humanize1024 }}B.",
      },
    ],
  };
}
