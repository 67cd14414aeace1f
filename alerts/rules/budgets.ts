import { type Budget, budgetRecords, budgets, burns } from "../budgets.ts";
import type { AlertRule, RuleGroup } from "../rule.ts";
import { thresholds } from "../thresholds.ts";

const { startSeconds } = thresholds;

const words: Readonly<Record<Budget["name"], { alert: string; summary: string; share: string }>> = {
  jobs_failed: {
    alert: "JobsFailureBudget",
    summary: "Jobs fail more often than was promised.",
    share: "failed for good",
  },
  jobs_started_late: {
    alert: "JobsStartBudget",
    summary: "Jobs start later than was promised.",
    share: `started later than ${startSeconds}s after they were made`,
  },
};

/** Promises that are broken by many jobs, though by none for long: see the objectives in the thresholds. */
export const budgetRules: RuleGroup = {
  name: "job-budgets",
  records: budgetRecords,
  rules: budgets.flatMap((budget) => [burnAlert(budget, "fast"), burnAlert(budget, "slow")]),
};

function burnAlert(budget: Budget, pace: "fast" | "slow"): AlertRule {
  const { alert, summary, share } = words[budget.name];
  return {
    name: `${alert}Burn${pace === "fast" ? "" : "Slow"}`,
    expr: burns(budget, pace),
    for: pace === "fast" ? "2m" : "1h",
    severity: pace === "fast" ? "critical" : "warning",
    summary,
    description: `Of the jobs of queue {{ $labels.queue }} in {{ $labels.environment }}, {{ $value | humanizePercentage }} ${share}.`,
  };
}
