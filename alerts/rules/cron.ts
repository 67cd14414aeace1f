import type { RuleGroup } from "../rule.ts";
import { series } from "../series.ts";
import { thresholds } from "../thresholds.ts";

/** pg_cron: its scheduler and its jobs. */
export const cronRules: RuleGroup = {
  name: "pg-cron",
  rules: [
    {
      name: "CronSchedulerDown",
      expr: `${series("pg_cron_scheduler_up")} == 0`,
      for: thresholds.outageFor,
      severity: "critical",
      summary: "The scheduler of pg_cron is not running.",
      description: "No cron job starts in {{ $labels.environment }}: the pg_cron launcher process is gone.",
    },
    {
      name: "CronJobLastRunFailed",
      // Counts finished runs, so that a retry that is under way does not hide the failure.
      expr: `${series("pg_cron_job_consecutive_failures")} > 0 and on (instance, job_name, database) ${series("pg_cron_job_active")} == 1`,
      severity: "warning",
      summary: "The last run of a cron job failed.",
      description:
        "Cron job {{ $labels.job_name }} in database {{ $labels.database }} of {{ $labels.environment }} failed; failures in a row: {{ $value }}.",
    },
  ],
};
