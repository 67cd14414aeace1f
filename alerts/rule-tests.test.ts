import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { ruleGroups } from "./rule-groups.ts";
import { thresholds } from "./thresholds.ts";

interface Look {
  alertname: string;
  eval_time: string;
  exp_alerts?: { exp_labels: Record<string, string> }[];
}

const folder = path.join(import.meta.dirname, "tests");
const tests = readdirSync(folder).flatMap(
  (file) => parse(readFileSync(path.join(folder, file), "utf8")).tests as { alert_rule_test: Look[] }[],
);
const alerts = ruleGroups("any", thresholds).flatMap(({ rules }) => rules);
const ending = alerts.filter(({ name }) => name !== "Watchdog");

/** What one test sees of an alert in the course of time: "." is silence, "!" firing. */
function courseOf(alert: string, looks: readonly Look[]): string {
  return looks
    .filter(({ alertname }) => alertname === alert)
    .sort((a, b) => secondsOf(a.eval_time) - secondsOf(b.eval_time))
    .map(({ exp_alerts = [] }) => (exp_alerts.length > 0 ? "!" : "."))
    .join("");
}

function secondsOf(time: string): number {
  const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };
  return [...time.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, value, unit = ""]) => sum + Number(value) * (units[unit] ?? Number.NaN),
    0,
  );
}

it.each(ending)("one test of $name shows it silent, then firing, and then over", ({ name }) => {
  const courses = tests.map(({ alert_rule_test }) => courseOf(name, alert_rule_test));
  expect(courses.filter((course) => /\.!+\.$/.test(course))).not.toEqual([]);
});

it.each(alerts)("the tests of $name expect its severity and its environment", ({ name, severity }) => {
  const expected = tests
    .flatMap(({ alert_rule_test }) => alert_rule_test)
    .filter(({ alertname }) => alertname === name)
    .flatMap(({ exp_alerts = [] }) => exp_alerts.map(({ exp_labels }) => exp_labels));
  expect(expected).not.toEqual([]);
  for (const labels of expected) expect(labels).toMatchObject({ severity, environment: "local" });
});
