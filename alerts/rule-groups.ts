import type { RuleGroup } from "./rule.ts";
import { ruleContext } from "./rule-context.ts";
import { budgetRules } from "./rules/budgets.ts";
import { cronRules } from "./rules/cron.ts";
import { exporterRules } from "./rules/exporter.ts";
import { pgNetRules } from "./rules/pg-net.ts";
import { queueRules } from "./rules/queues.ts";
import { watchdogRules } from "./rules/watchdog.ts";
import type { Thresholds } from "./thresholds.ts";

const makers = [exporterRules, cronRules, queueRules, budgetRules, pgNetRules, watchdogRules];

/** All alerts of one environment. */
export function ruleGroups(environment: string, thresholds: Thresholds): RuleGroup[] {
  const context = ruleContext(environment, thresholds);
  return makers.map((make) => make(context));
}
