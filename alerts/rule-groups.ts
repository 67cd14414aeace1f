import type { RuleGroup } from "./rule.ts";
import { budgetRules } from "./rules/budgets.ts";
import { cronRules } from "./rules/cron.ts";
import { exporterRules } from "./rules/exporter.ts";
import { pgNetRules } from "./rules/pg-net.ts";
import { queueRules } from "./rules/queues.ts";
import { watchdogRules } from "./rules/watchdog.ts";

/** All alerts. */
export const ruleGroups: readonly RuleGroup[] = [
  exporterRules,
  cronRules,
  queueRules,
  budgetRules,
  pgNetRules,
  watchdogRules,
];
