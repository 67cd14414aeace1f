import type { RuleGroup } from "../rule.ts";
import type { RuleContext } from "../rule-context.ts";

/** Job queues: work that waits, hangs or was given up. */
export function queueRules(context: RuleContext): RuleGroup {
  const { series } = context;
  const {
    oldestReadySeconds,
    oldestReadyFor,
    stalledSeconds,
    stuckFor,
    deadLetterWindow,
    backlogJobs,
    backlogFor,
    wakeupWindow,
    tickSeconds,
    undeliveredFor,
  } = context.thresholds;

  const isOpen = `unless on (instance, environment, project, queue) ${series("jobs_paused")} == 1`;
  const ready = series("jobs_depth", { status: "ready" });

  return {
    name: "job-queues",
    dashboard: "jobstack-queue",
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
        expr: `${series("jobs_oldest_ready_age_seconds")} > ${oldestReadySeconds} ${isOpen}`,
        for: oldestReadyFor,
        severity: "warning",
        summary: "Jobs wait too long for a worker.",
        description:
          "The oldest ready job of queue {{ $labels.queue }} in {{ $labels.environment }} has been waiting for {{ $value | humanizeDuration }}.",
      },
      {
        name: "JobsQueueStalled",
        expr: `${series("jobs_oldest_ready_age_seconds")} > ${stalledSeconds} ${isOpen}`,
        for: oldestReadyFor,
        severity: "critical",
        summary: "Nothing works on a queue.",
        description:
          "The oldest ready job of queue {{ $labels.queue }} in {{ $labels.environment }} has been waiting for {{ $value | humanizeDuration }}.",
      },
      {
        name: "JobsBacklogGrowing",
        expr: `${ready} > ${backlogJobs} and deriv(${ready}[${backlogFor}]) > 0 unless on (instance, environment, project, queue) sum by (instance, environment, project, queue) (increase(${series("jobs_finished_total")}[${backlogFor}])) > 0 ${isOpen}`,
        for: backlogFor,
        severity: "warning",
        summary: "A backlog grows and no job ends.",
        description:
          "Queue {{ $labels.queue }} in {{ $labels.environment }} has {{ $value }} ready jobs and finishes none.",
      },
      {
        name: "JobsWakeupsFailing",
        expr: `increase(${series("jobs_wakeups_total", { result: "failed" })}[${wakeupWindow}]) > 0`,
        for: "5m",
        severity: "warning",
        summary: "Workers cannot be called.",
        description: `About {{ $value | humanize }} wake-ups of queue {{ $labels.queue }} in {{ $labels.environment }} failed in the last ${wakeupWindow}; jobs wait for a worker that comes by itself.`,
      },
      {
        name: "JobsTickStale",
        expr: `time() - ${series("jobs_tick_last_run_timestamp_seconds")} > ${tickSeconds}`,
        for: "1m",
        severity: "critical",
        summary: "The tick of the queues does not run.",
        description:
          "The tick last ran {{ $value | humanizeDuration }} ago in {{ $labels.environment }}: retries, expired leases and lost wake-ups stay where they are.",
      },
      {
        name: "JobsAlertUndelivered",
        expr: `${series("jobs_alert_messages_waiting")} > 0`,
        for: undeliveredFor,
        severity: "warning",
        summary: "The database cannot deliver its own alerts.",
        description:
          "Messages of alert {{ $labels.alert }} in {{ $labels.environment }} that its webhook does not take: {{ $value }}.",
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
}
