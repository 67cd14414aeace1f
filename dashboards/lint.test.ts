import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { expect, it } from "vitest";
import { lintRules } from "./lint.ts";
import { overview } from "./overview.ts";

/** As much of a dashboard's JSON as is broken here. */
interface Copy {
  templating: { list: { name: string }[] };
  panels: { type: string; targets: object[]; fieldConfig: { defaults: object } }[];
}

/** The overview, broken in one way. */
function broken(change: (dashboard: Copy, graph: Copy["panels"][number]) => void): Dashboard {
  const copy: Copy = JSON.parse(JSON.stringify(overview));
  const graph = copy.panels.find(({ type }) => type === "timeseries");
  if (!graph) throw new Error("the overview has no graph");
  change(copy, graph);
  return copy as unknown as Dashboard;
}

const withExpr = (expr: string) =>
  broken((_, graph) => graph.targets.splice(0, 9, { expr, datasource: { type: "prometheus" } }));
const selector = 'jobs_enqueued_total{job=~"$job",instance=~"$instance"}';
const variable = (dashboard: Copy, name: string) =>
  dashboard.templating.list.find((each) => each.name === name) ?? {};

it.each<[rule: string, Dashboard]>([
  ["template-datasource-rule", broken((dashboard) => dashboard.templating.list.shift())],
  [
    "template-datasource-rule",
    broken((dashboard) => Object.assign(variable(dashboard, "datasource"), { label: "Source" })),
  ],
  ["template-job-rule", broken((dashboard) => Object.assign(variable(dashboard, "job"), { multi: false }))],
  [
    "template-instance-rule",
    broken((dashboard) => Object.assign(variable(dashboard, "instance"), { name: "other" })),
  ],
  [
    "template-label-promql-rule",
    broken((dashboard) =>
      Object.assign(variable(dashboard, "job"), { query: "label_values(no_such_metric, job)" }),
    ),
  ],
  [
    "template-on-time-change-reload-rule",
    broken((dashboard) => Object.assign(variable(dashboard, "job"), { refresh: 1 })),
  ],
  ["panel-datasource-rule", broken((_, graph) => Object.assign(graph, { datasource: { uid: "abc" } }))],
  ["panel-title-description-rule", broken((_, graph) => Object.assign(graph, { description: "" }))],
  ["panel-units-rule", broken((_, graph) => Object.assign(graph.fieldConfig.defaults, { unit: undefined }))],
  ["panel-no-targets-rule", broken((_, graph) => Object.assign(graph, { targets: [] }))],
  [
    "target-logql-rule",
    broken((_, graph) => Object.assign(graph.targets[0] ?? {}, { datasource: { type: "loki" } })),
  ],
  ["target-promql-rule", withExpr('sum by (queue) (no_such_metric{job=~"$job",instance=~"$instance"})')],
  ["target-rate-interval-rule", withExpr(`rate(${selector}[5m])`)],
  ["target-job-rule", withExpr('jobs_stuck{instance=~"$instance"}')],
  ["target-instance-rule", withExpr('jobs_stuck{job=~"$job"}')],
  ["target-counter-agg-rule", withExpr(`sum(${selector})`)],
  ["uneditable-dashboard", broken((dashboard) => Object.assign(dashboard, { editable: true }))],
])("%s finds what it is there for", (rule, dashboard) => {
  expect(lintRules[rule]?.(dashboard)).not.toEqual([]);
});
