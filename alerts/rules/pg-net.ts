import type { RuleGroup } from "../rule.ts";
import type { RuleContext } from "../rule-context.ts";

/** pg_net: requests that are not sent, and answers that are no success. */
export function pgNetRules(context: RuleContext): RuleGroup {
  const { series } = context;
  const { pgNetDownFor, pgNetErrorRatio, pgNetMinRequests, pgNetStandstillSeconds, callFailures } =
    context.thresholds;

  const requests = (selector: string) =>
    `sum by (instance, environment, project) (increase(${selector}[10m]))`;
  const all = requests(series("pg_net_responses_total"));
  const failed = requests(series("pg_net_responses_total", { outcome: ["4xx", "5xx", "timeout", "error"] }));

  return {
    name: "pg-net",
    dashboard: "jobstack-requests",
    rules: [
      {
        name: "PgNetWorkerDown",
        expr: `${series("pg_net_worker_up")} == 0`,
        for: pgNetDownFor,
        severity: "critical",
        summary: "The worker of pg_net is not running.",
        description:
          "No request of the database of {{ $labels.environment }} is sent: no wake-up, and no call of a function.",
      },
      {
        name: "PgNetQueueStandsStill",
        expr: `${series("pg_net_queue_head_unchanged_seconds")} > ${pgNetStandstillSeconds}`,
        for: "1m",
        severity: "warning",
        summary: "Requests of the database are not sent.",
        description:
          "The same request has been first in the queue of {{ $labels.environment }} for {{ $value | humanizeDuration }}.",
      },
      {
        name: "PgNetErrorRatioHigh",
        expr: `${failed} / ${all} > ${pgNetErrorRatio} and ${all} > ${pgNetMinRequests}`,
        for: "5m",
        severity: "warning",
        summary: "Many requests of the database fail.",
        description:
          "Of the requests of {{ $labels.environment }} in the last 10m, {{ $value | humanizePercentage }} failed.",
      },
      {
        name: "FunctionCallsFailing",
        expr: `${series("pg_net_call_consecutive_failures")} >= ${callFailures}`,
        for: "1m",
        severity: "warning",
        summary: "A function fails each time it is called.",
        description:
          "The last {{ $value }} answers to {{ $labels.source }} {{ $labels.name }} in {{ $labels.environment }} were no success.",
      },
    ],
  };
}
