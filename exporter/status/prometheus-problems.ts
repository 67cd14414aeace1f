import type { TargetLabels } from "../exposition.ts";
import { findRule, type Problem, sortProblems } from "./problem.ts";
import type { PrometheusAlert } from "./prometheus.ts";

export interface SortedAlerts {
  /** Of each target, in the order in which they were given. */
  byTarget: Problem[][];
  /** Of no environment: the exporter itself is not scraped, for instance. */
  general: Problem[];
}

/**
 * Tells whose alerts they are. Those of other environments and other programs in the same Prometheus are left out, as is
 * what is there for machines (severity none).
 */
export function sortAlerts(
  alerts: readonly PrometheusAlert[],
  targets: readonly TargetLabels[],
): SortedAlerts {
  const shown = alerts.filter(({ state, labels }) => state !== "inactive" && labels.severity !== "none");
  const isOf =
    ({ environment, project }: TargetLabels) =>
    ({ labels }: PrometheusAlert) =>
      labels.environment === environment && (labels.project ?? project) === project;
  const isGeneral = ({ labels }: PrometheusAlert) =>
    labels.environment === undefined && findRule(labels.alertname ?? "") !== undefined;
  return {
    byTarget: targets.map((labels) => sortProblems(shown.filter(isOf(labels)).map(problemOf))),
    general: sortProblems(shown.filter(isGeneral).map(problemOf)),
  };
}

function problemOf({ labels, annotations, state, activeAt }: PrometheusAlert): Problem {
  const since = Date.parse(activeAt ?? "") / 1000;
  return {
    name: labels.alertname ?? "alert without a name",
    severity: labels.severity === "critical" ? "critical" : "warning",
    state: state === "firing" ? "firing" : "pending",
    summary: annotations.summary ?? "",
    detail: annotations.description ?? "",
    since: Number.isNaN(since) ? null : since,
    runbook: /^https?:\/\//.test(annotations.runbook_url ?? "") ? (annotations.runbook_url ?? null) : null,
  };
}
