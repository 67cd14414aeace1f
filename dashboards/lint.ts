import type { Dashboard, Panel, VariableModel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dataquery } from "@grafana/grafana-foundation-sdk/prometheus";
import { promqlProblems } from "../alerts/promql-problems.ts";

/** What is wrong with a dashboard; empty if nothing is. */
export type LintRule = (dashboard: Dashboard) => string[];

/**
 * The rules of Grafana's public dashboard-linter under their names there, except the two for LogQL, which have nothing to
 * look at here: `target-logql-rule` and `target-logql-auto-rule` hold that there are no such targets.
 */
export const lintRules: Readonly<Record<string, LintRule>> = {
  "template-datasource-rule": (dashboard) => {
    const sources = variables(dashboard).filter(({ type }) => type === "datasource");
    const [only] = sources;
    if (sources.length !== 1) return [`has ${sources.length} variables for data sources; declare one`];
    return only?.name === "datasource" && only.label === "Data Source" && only.query === "prometheus"
      ? []
      : [`variable "${only?.name}": must be "datasource" of Prometheus with the label "Data Source"`];
  },
  "template-job-rule": (dashboard) => templateProblems(dashboard, "job", "Job"),
  "template-instance-rule": (dashboard) => templateProblems(dashboard, "instance", "Instance"),
  "template-label-promql-rule": (dashboard) =>
    queried(dashboard).flatMap(({ name, query }) => {
      const text = typeof query === "object" ? query.query : query;
      const selector = /^label_values\((.+), \w+\)$/.exec(String(text))?.[1];
      return selector === undefined
        ? [`variable "${name}": reads "${text}"; write label_values(selector, label)`]
        : promqlProblems(selector).map((problem) => `variable "${name}": ${problem}`);
    }),
  "template-on-time-change-reload-rule": (dashboard) =>
    queried(dashboard)
      .filter(({ refresh }) => refresh !== 2)
      .map(({ name }) => `variable "${name}": must be read again when the time range changes`),
  "panel-datasource-rule": (dashboard) =>
    panelsOf(dashboard)
      .filter(({ datasource }) => datasource?.uid !== "$datasource")
      .map((panel) => `${titled(panel)}: must read from $datasource`),
  "panel-title-description-rule": (dashboard) =>
    panelsOf(dashboard)
      .filter(({ title, description }) => !title || !description)
      .map((panel) => `${titled(panel)}: must have a title and a description`),
  "panel-units-rule": (dashboard) =>
    panelsOf(dashboard)
      .filter(({ fieldConfig }) => !fieldConfig?.defaults.unit)
      .map((panel) => `${titled(panel)}: must have a unit`),
  "panel-no-targets-rule": (dashboard) =>
    panelsOf(dashboard)
      .filter((panel) => targetsOf(panel).length === 0)
      .map((panel) => `${titled(panel)}: has no target`),
  "target-logql-rule": noLogQl,
  "target-logql-auto-rule": noLogQl,
  "target-promql-rule": eachTarget(promqlProblems),
  "target-rate-interval-rule": eachTarget((expr) =>
    [...expr.matchAll(/\b(?:rate|irate|increase)\([^[]*\[([^\]]*)\]/g)]
      .filter(([, range]) => range !== "$__rate_interval")
      .map(([call]) => `"${call}" must look over $__rate_interval`),
  ),
  "target-job-rule": eachTarget((expr) => matcherProblems(expr, "job")),
  "target-instance-rule": eachTarget((expr) => matcherProblems(expr, "instance")),
  "target-counter-agg-rule": eachTarget((expr) => {
    const counted = expr.replace(/\b(?:rate|irate|increase)\([^[]*\[[^\]]*\]\)/g, "");
    return [...counted.matchAll(/\b(\w+_(?:total|bucket|count|sum))\{/g)].map(
      ([, name]) => `counter "${name}" must stand in rate, irate or increase`,
    );
  }),
  "uneditable-dashboard": ({ editable }) => (editable === false ? [] : ["must not be editable"]),
};

/** All panels but the rows' own. */
export function panelsOf({ panels = [] }: Dashboard): Panel[] {
  return panels.flatMap((panel) => (panel.type === "row" ? [] : [panel as Panel]));
}

/** The expressions of a panel, as they stand, with variables. */
export function targetsOf({ targets = [] }: Panel): Dataquery[] {
  return targets as unknown as Dataquery[];
}

function eachTarget(problemsOf: (expr: string) => string[]): LintRule {
  return (dashboard) =>
    panelsOf(dashboard).flatMap((panel) =>
      targetsOf(panel).flatMap(({ expr }) =>
        problemsOf(expr).map((problem) => `${titled(panel)}: ${problem}`),
      ),
    );
}

function noLogQl(dashboard: Dashboard): string[] {
  return panelsOf(dashboard)
    .filter((panel) => targetsOf(panel).some(({ datasource }) => datasource?.type !== "prometheus"))
    .map((panel) => `${titled(panel)}: asks something else than Prometheus`);
}

function variables({ templating }: Dashboard): VariableModel[] {
  return templating?.list ?? [];
}

function queried(dashboard: Dashboard): VariableModel[] {
  return variables(dashboard).filter(({ type }) => type === "query");
}

function templateProblems(dashboard: Dashboard, name: string, label: string): string[] {
  const found = variables(dashboard).find((variable) => variable.name === name);
  if (!found) return [`has no variable "${name}"`];
  const { datasource, multi, allValue } = found;
  const right = datasource?.uid === "$datasource" && found.label === label && multi && allValue === ".+";
  return right
    ? []
    : [
        `variable "${name}": must be labelled "${label}", read $datasource, take several values, and ".+" for all`,
      ];
}

/** Every selector must say of which job and instance. */
function matcherProblems(expr: string, label: string): string[] {
  return [...expr.matchAll(/\b(\w+)\{([^}]*)\}/g)]
    .filter(([, , matchers]) => !matchers?.includes(`${label}=~"$${label}"`))
    .map(([, name]) => `"${name}" must have the matcher ${label}=~"$${label}"`);
}

function titled({ title }: Panel): string {
  return `panel "${title}"`;
}
