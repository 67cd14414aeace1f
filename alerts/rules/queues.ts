import type { RuleGroup } from "../rule.ts";
import { series } from "../series.ts";
import { thresholds } from "../thresholds.ts";

const { oldestReadySeconds, oldestReadyFor, stuckFor, deadLetterWindow } = thresholds;

/** Job queues: work that waits, hangs or was given up. */
export const queueRules: RuleGroup = {
  name: "job-queues",
  rules: [
    {
      name: "JobsStuck",
      expr: `${series("jobs_stuck")} > 0`,
      for: stuckFor,
      severity: "critical",
      summary: "Jobs hang in processing.",
      description:
        "Jobs of queue {{ $labels.queue }} in {{ $labels.environment }} that have been processing for longer than the queue allows: {{ $value }}.",
    },
    {
      name: "JobsQueueOldestTooOld",
      expr: `${series("jobs_oldest_ready_age_seconds")} > ${oldestReadySeconds} unless on (instance, queue) ${series("jobs_paused")} == 1`,
      for: oldestReadyFor,
      severity: "warning",
      summary: "Jobs wait too long for a worker.",
      description:
        "The oldest ready job of queue {{ $labels.queue }} in {{ $labels.environment }} has been waiting for {{ $value | humanizeDuration }}.",
    },
    {
      name: "JobsDeadLettered",
      expr: `increase(${series("jobs_finished_total", { outcome: "failed" })}[${deadLetterWindow}]) > 0`,
      severity: "warning",
      summary: "Jobs failed for good.",
      description: `Jobs of queue {{ $labels.queue }} in {{ $labels.environment }} that failed for good in the last ${deadLetterWindow}: about {{ $value | humanize }}.`,
    },
  ],
};
