import { type Budget, budgetRecords, budgetsOf, burns } from "../budgets.ts";
import type { AlertRule, RuleGroup } from "../rule.ts";
import type { RuleContext } from "../rule-context.ts";

/** Promises that are broken by many jobs, though by none for long: see the objectives in the thresholds. */
export function budgetRules(context: RuleContext): RuleGroup {
  const budgets = budgetsOf(context);
  return {
    name: "job-budgets",
    dashboard: "jobstack-queue",
    records: budgets.flatMap(budgetRecords),
    rules: budgets.flatMap((budget) => [
      burnAlert(budget, "fast", context),
      burnAlert(budget, "slow", context),
    ]),
  };
}

function burnAlert(budget: Budget, pace: "fast" | "slow", context: RuleContext): AlertRule {
  const { alert, summary, share } = wordsFor(budget.name, context);
  return {
    name: `${alert}Burn${pace === "fast" ? "" : "Slow"}`,
    expr: burns(budget, pace, context),
    for: pace === "fast" ? "2m" : "1h",
    severity: pace === "fast" ? "critical" : "warning",
    summary,
    description: `Of the jobs of queue {{ $labels.queue }} in {{ $labels.environment }}, {{ $value | humanizePercentage }} ${share}.`,
  };
}

function wordsFor(name: Budget["name"], { thresholds }: RuleContext) {
  const words = {
    jobs_failed: {
      alert: "JobsFailureBudget",
      summary: "Jobs fail more often than was promised.",
      share: "failed for good",
    },
    jobs_started_late: {
      alert: "JobsStartBudget",
      summary: "Jobs start later than was promised.",
      share: `started later than ${thresholds.startSeconds}s after they were made`,
    },
  };
  return words[name];
}
