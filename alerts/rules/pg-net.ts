import type { RuleGroup } from "../rule.ts";
import { series } from "../series.ts";
import { thresholds } from "../thresholds.ts";

const { pgNetDownFor, pgNetErrorRatio, pgNetMinRequests, pgNetStandstillSeconds, callFailures } = thresholds;

const responses = (matcher = "") =>
  `sum by (instance, environment) (increase(${series("pg_net_responses_total")}${matcher}[10m]))`;

/** pg_net: requests that are not sent, and answers that are no success. */
export const pgNetRules: RuleGroup = {
  name: "pg-net",
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
      expr: `${responses('{outcome=~"4xx|5xx|timeout|error"}')} / ${responses()} > ${pgNetErrorRatio} and ${responses()} > ${pgNetMinRequests}`,
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
