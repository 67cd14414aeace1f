import type { RuleGroup } from "../rule.ts";

/** Fires always, so that its absence at the other end shows that alerts do not arrive. */
export function watchdogRules(): RuleGroup {
  return {
    name: "watchdog",
    dashboard: "jobstack-overview",
    rules: [
      {
        name: "Watchdog",
        expr: "vector(1)",
        severity: "none",
        summary: "Alerts reach their destination.",
        description: "This alert always fires; who receives alerts should be told when it stops arriving.",
      },
    ],
  };
}
