import { alertmanagerConfig } from "./alertmanager-config.ts";
import { prometheusRules } from "./prometheus-rules.ts";
import { ruleGroups } from "./rule-groups.ts";

const head = "# DO NOT EDIT: written by `npm run generate` from alerts/*.ts.\n";

/** The committed files that are derived from the alerts; paths are from the root of the project. */
export function generateAlerts(): { path: string; content: string }[] {
  return [
    { path: "alerts/generated/prometheus-rules.yaml", content: head + prometheusRules(ruleGroups) },
    { path: "alerts/generated/alertmanager.yaml", content: head + alertmanagerConfig() },
  ];
}
