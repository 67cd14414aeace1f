import { stringify } from "yaml";
import type { AlertRule, RuleGroup } from "./rule.ts";

/** Where the runbooks lie, from the root of the project. */
export const runbookFolder = "alerts/runbooks";

/** The rules as a Prometheus rules file. */
export function prometheusRules(groups: readonly RuleGroup[]): string {
  const file = {
    groups: groups.map(({ name, records = [], rules }) => ({
      name,
      rules: [...records, ...rules.map(prometheusRule)],
    })),
  };
  return stringify(file, { lineWidth: 0 });
}

function prometheusRule({ name, expr, for: duration, severity, summary, description }: AlertRule) {
  return {
    alert: name,
    expr,
    ...(duration === undefined ? {} : { for: duration }),
    labels: { severity },
    annotations: { summary, description, runbook_url: `${runbookFolder}/${name}.md` },
  };
}
