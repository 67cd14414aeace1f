import type { AlertRule } from "../../alerts/rule.ts";
import { ruleGroups } from "../../alerts/rule-groups.ts";
import { thresholds } from "../../alerts/thresholds.ts";

/** Something that is wrong: an alert of Prometheus, or a threshold of the alerts that a reading crosses. */
export interface Problem {
  /** The alert's name. */
  name: string;
  severity: "critical" | "warning";
  /** pending: holds, though not long enough for the alert to fire. crossed: seen by the exporter alone. */
  state: "firing" | "pending" | "crossed";
  summary: string;
  /** Which, how much. */
  detail: string;
  /** Unix time in seconds. */
  since: number | null;
  /** Address of the page that says what to do; null where it is none that a browser opens. */
  runbook: string | null;
}

const rules: ReadonlyMap<string, AlertRule> = new Map(
  ruleGroups("", thresholds).flatMap((group) => group.rules.map((rule) => [rule.name, rule] as const)),
);

/** Undefined for alerts that are not ours. */
export function findRule(name: string): AlertRule | undefined {
  return rules.get(name);
}

/** A crossed threshold, in the words of its alert. A stack's own thresholds are not known here. */
export function crossed(name: string, detail: string): Problem {
  const rule = rules.get(name);
  if (!rule || rule.severity === "none") throw new Error(`alert "${name}": there is no such alert`);
  return {
    name,
    severity: rule.severity,
    state: "crossed",
    summary: rule.summary,
    detail,
    since: null,
    runbook: null,
  };
}

/** What fires before what is pending, critical before warning. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const rank = ({ state, severity }: Problem) =>
    Number(state === "pending") * 2 + Number(severity === "warning");
  return [...problems].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}
