import { stringify } from "yaml";
import { promqlLabels } from "./promql-problems.ts";
import type { AlertRule, RuleGroup } from "./rule.ts";
import { ruleGroups } from "./rule-groups.ts";
import type { AlertSettings } from "./settings.ts";

/** Where the runbooks lie, from the root of the project. */
const runbookFolder = "alerts/runbooks";

/** Labels by which a dashboard can be narrowed to what an alert is about: its variables have the same names. */
const subjects = ["queue", "job_name", "name", "collector"];

type Links = Pick<AlertSettings, "runbooksUrl" | "dashboardsUrl" | "statusPageUrl">;

/** The rules of one environment, as a Prometheus rules file. */
export function prometheusRules(environment: string, { thresholds, ...links }: AlertSettings): string {
  const file = {
    groups: ruleGroups(environment, thresholds).map((group) => ({
      // Groups of two environments may stand in one Prometheus.
      name: `${group.name}-${environment}`,
      rules: [
        ...(group.records ?? []),
        ...group.rules.map((rule) => prometheusRule(rule, group, environment, links)),
      ],
    })),
  };
  return stringify(file, { lineWidth: 0 });
}

function prometheusRule(rule: AlertRule, group: RuleGroup, environment: string, links: Links) {
  const { name, expr, for: duration, severity, summary, description } = rule;
  const { runbooksUrl = runbookFolder, dashboardsUrl, statusPageUrl } = links;
  return {
    alert: name,
    expr,
    ...(duration === undefined ? {} : { for: duration }),
    // The environment too: Watchdog has no series to take it from.
    labels: { severity, environment },
    annotations: {
      summary,
      description,
      runbook_url: `${withoutSlash(runbooksUrl)}/${name}.md`,
      ...(dashboardsUrl === undefined
        ? {}
        : { dashboard_url: dashboardLink(dashboardsUrl, rule, group, environment) }),
      ...(statusPageUrl === undefined ? {} : { status_page_url: statusPageUrl }),
    },
  };
}

function dashboardLink(base: string, { expr }: AlertRule, { dashboard }: RuleGroup, environment: string) {
  const labels = promqlLabels(expr);
  const narrowed = subjects
    .filter((label) => labels.has(label))
    .map((label) => `&var-${label}={{ $labels.${label} | urlquery }}`);
  return `${withoutSlash(base)}/d/${dashboard}?var-environment=${environment}${narrowed.join("")}`;
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, "");
}
