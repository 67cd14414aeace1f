import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { alertedEnvironments, generateAlerts } from "./generate.ts";
import { inhibitions } from "./inhibitions.ts";
import { promqlLabels, promqlProblems } from "./promql-problems.ts";
import { ruleGroups } from "./rule-groups.ts";
import { runbookCommands } from "./runbooks.ts";
import { thresholds } from "./thresholds.ts";

const groups = ruleGroups("any", thresholds);
const alerts = groups.flatMap(({ rules }) => rules);
const byName = alerts.map((alert) => [alert.name, alert] as const);
const runbooks = path.join(import.meta.dirname, "runbooks");
const root = path.resolve(import.meta.dirname, "..");

describe("the generated files", () => {
  it.each(generateAlerts())("$path is what `npm run generate` writes", ({ path: file, content }) => {
    expect(readFileSync(path.join(root, file), "utf8")).toBe(content);
  });

  it("are there for every stack, and for no other", () => {
    const stacks = alertedEnvironments().map(({ stack }) => stack);
    expect(stacks).toEqual(expect.arrayContaining(["local", "production", "staging"]));
    expect(readdirSync(path.join(import.meta.dirname, "generated"))).toEqual(stacks);
  });
});

describe("rules", () => {
  it("have names of their own", () => {
    expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length);
  });

  it.each(groups.flatMap(({ records = [] }) => records))(
    "record $record for an alert, from what the catalogue has, under a name as Prometheus advises",
    ({ record, expr }) => {
      expect(record).toMatch(/^[a-z]+:[a-z_]+:[a-z_]+\d+[mhd]$/);
      expect(alerts.some((alert) => alert.expr.includes(record))).toBe(true);
      expect(promqlProblems(expr)).toEqual([]);
    },
  );

  it("stand in small groups with short names of their own", () => {
    const names = groups.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, rules } of groups) {
      expect(name).toMatch(/^[a-z][a-z-]{0,39}$/);
      expect(rules.length).toBeLessThanOrEqual(20);
    }
  });

  it("lead to dashboards that there are", () => {
    for (const { dashboard } of groups) {
      expect(existsSync(path.join(root, `dashboards/generated/${dashboard}.json`)), dashboard).toBe(true);
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

it("an inhibition silences only alerts that there are, by labels that both have", () => {
  for (const { source, targets, equal } of inhibitions) {
    for (const name of [source, ...targets]) {
      const alert = alerts.find((each) => each.name === name);
      expect(alert, name).toBeDefined();
      expect(equal.filter((label) => !promqlLabels(alert?.expr ?? "").has(label))).toEqual([]);
    }
  }
});
