import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { alertmanagerConfig, inhibitions } from "./alertmanager-config.ts";
import { generateAlerts } from "./generate.ts";
import { prometheusRules } from "./prometheus-rules.ts";
import { promqlLabels, promqlProblems } from "./promql-problems.ts";
import { ruleGroups } from "./rule-groups.ts";
import { runbookCommands } from "./runbooks.ts";

const alerts = ruleGroups.flatMap(({ rules }) => rules);
const byName = alerts.map((alert) => [alert.name, alert] as const);
const runbooks = path.join(import.meta.dirname, "runbooks");
const ruleTests = path.join(import.meta.dirname, "tests");

interface RuleTest {
  tests: { name: string; alert_rule_test: { alertname: string; exp_alerts?: unknown[] }[] }[];
}

describe("the generated files", () => {
  it.each(generateAlerts())("$path is what `npm run generate` writes", ({ path: file, content }) => {
    expect(readFileSync(path.resolve(import.meta.dirname, "..", file), "utf8")).toBe(content);
    expect(content).toMatch(/^# DO NOT EDIT/);
  });

  it("link every alert to its runbook", () => {
    const { groups } = parse(prometheusRules(ruleGroups));
    const rules = groups.flatMap(({ rules }: { rules: unknown[] }) => rules);
    for (const { alert, annotations } of rules.filter((rule: object) => "alert" in rule)) {
      expect(existsSync(path.resolve(import.meta.dirname, "..", annotations.runbook_url)), alert).toBe(true);
    }
  });
});

describe("rules", () => {
  it("have names of their own", () => {
    expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length);
  });

  it.each(ruleGroups.flatMap(({ records = [] }) => records))(
    "record $record for an alert, from what the catalogue has, under a name as Prometheus advises",
    ({ record, expr }) => {
      expect(record).toMatch(/^[a-z]+:[a-z_]+:[a-z_]+\d+[mhd]$/);
      expect(alerts.some((alert) => alert.expr.includes(record))).toBe(true);
      expect(promqlProblems(expr)).toEqual([]);
    },
  );

  it("stand in small groups with short names of their own", () => {
    const names = ruleGroups.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, rules } of ruleGroups) {
      expect(name).toMatch(/^[a-z][a-z-]{0,39}$/);
      expect(rules.length).toBeLessThanOrEqual(20);
    }
  });

  it.each(byName)("%s uses only metrics, labels and values of the catalogue", (_name, { expr }) => {
    expect(promqlProblems(expr)).toEqual([]);
  });

  it.each(byName)("%s is named and described as its readers expect", (name, { summary, description }) => {
    expect(name).toMatch(/^[A-Z][A-Za-z]{0,39}$/);
    expect(summary).toMatch(/^[A-Z][^{}]*\.$/);
    expect(description).toMatch(/^[A-Z{].*\.$/);
  });

  it.each(byName)("%s describes itself by labels that its series have", (_name, { expr, description }) => {
    const used = [...description.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
    expect(used.filter((label) => !promqlLabels(expr).has(label ?? ""))).toEqual([]);
  });
});

describe("runbooks", () => {
  it("are there for every alert and for no other", () => {
    expect(readdirSync(runbooks).sort()).toEqual(alerts.map(({ name }) => `${name}.md`).sort());
  });

  it.each(byName)("%s says what it means, what it does to users, how to look and what to do", (name) => {
    const [title, ...sections] = readFileSync(path.join(runbooks, `${name}.md`), "utf8").split(/^## /m);
    expect(title?.trim()).toBe(`# ${name}`);
    expect(sections.map((section) => section.split("\n")[0])).toEqual([
      "Meaning",
      "Impact",
      "Diagnosis",
      "Mitigation",
    ]);
    for (const section of sections) expect(section.split("\n").slice(1).join("").trim()).not.toBe("");
  });
});

const queries = runbookCommands().filter(({ text }) =>
  /^(\w+ by |(sum|rate|increase|jobs|pg_cron|pg_net|jobstack_exporter)[_(])/.test(text),
);

it.each(queries)("$runbook asks Prometheus for what there is: $text", ({ text }) => {
  expect(promqlProblems(text)).toEqual([]);
});

describe("rule tests", () => {
  const files = readdirSync(ruleTests).map(
    (file) => parse(readFileSync(path.join(ruleTests, file), "utf8")) as RuleTest,
  );
  const cases = files.flatMap(({ tests }) => tests.flatMap((test) => test.alert_rule_test));

  it.each(byName)("show %s firing, and silent", (name) => {
    const expected = cases
      .filter(({ alertname }) => alertname === name)
      .map(({ exp_alerts = [] }) => exp_alerts.length);
    expect(expected.some((count) => count > 0)).toBe(true);
    // Watchdog has no silence to show.
    expect(expected.includes(0)).toBe(name !== "Watchdog");
  });
});

describe("the Alertmanager configuration", () => {
  it("sends alerts nowhere unless told where", () => {
    const { route, receivers } = parse(alertmanagerConfig());
    expect(route.receiver).toBe("nowhere");
    expect(receivers).toEqual([{ name: "nowhere" }]);
  });

  it("posts alerts to the webhook, but the Watchdog to the heartbeat alone", () => {
    const options = { webhookUrl: "http://127.0.0.1:9/alerts", heartbeatUrl: "http://127.0.0.1:9/heartbeat" };
    const { route, receivers } = parse(alertmanagerConfig(options));
    expect(route.receiver).toBe("webhook");
    expect(route.routes).toEqual([
      { matchers: ['alertname="Watchdog"'], receiver: "heartbeat", repeat_interval: "1m" },
    ]);
    expect(receivers.slice(1)).toEqual([
      { name: "webhook", webhook_configs: [{ url: options.webhookUrl, send_resolved: true }] },
      { name: "heartbeat", webhook_configs: [{ url: options.heartbeatUrl, send_resolved: false }] },
    ]);
  });

  it("silences only alerts that there are, by labels that both have", () => {
    for (const { source, targets, equal } of inhibitions) {
      for (const name of [source, ...targets]) {
        const alert = alerts.find((each) => each.name === name);
        expect(alert, name).toBeDefined();
        expect(equal.filter((label) => !promqlLabels(alert?.expr ?? "").has(label))).toEqual([]);
      }
    }
  });

  it("keeps the Watchdog from people when there is no heartbeat", () => {
    const { route } = parse(alertmanagerConfig({ webhookUrl: "http://127.0.0.1:9/alerts" }));
    expect(route.routes[0].receiver).toBe("nowhere");
  });
});
