import type { Duration } from "./duration.ts";

/** One alert. Its environment, and the links to runbook and dashboard, are added; each name needs a file in `runbooks/`. */
export interface AlertRule {
  /** In PascalCase; also the name of the runbook. */
  name: string;
  /** PromQL, put together from the context's `series()` and thresholds. */
  expr: string;
  /** How long the expression must hold. Left out: the first evaluation fires. */
  for?: Duration;
  /** critical wakes someone up, warning is for the next morning, none is for machines. */
  severity: "critical" | "warning" | "none";
  /** One sentence without templates, the same for every instance. */
  summary: string;
  /** Says which, how much and since when, with templates. */
  description: string;
}

/** A series that Prometheus computes ahead, for alerts over windows that would be dear to look at each time. */
export interface RecordingRule {
  /** "level:metric:operation", as Prometheus advises. */
  record: `${string}:${string}:${string}`;
  expr: string;
}

/** Rules on one subject, evaluated together: what is recorded first. */
export interface RuleGroup {
  name: string;
  /** Uid of the dashboard that shows what these alerts are about. */
  dashboard: string;
  records?: readonly RecordingRule[];
  rules: readonly AlertRule[];
}
