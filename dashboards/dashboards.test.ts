import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { promqlLabels } from "../alerts/promql-problems.ts";
import { metricNames } from "../exporter/catalogue.ts";
import { dashboards } from "./dashboards.ts";
import { generateDashboards } from "./generate.ts";
import { lintRules, panelsOf, targetsOf } from "./lint.ts";
import { unused } from "./unused.ts";

const byTitle = dashboards.map((dashboard) => [dashboard.title ?? "", dashboard] as const);
const panels = dashboards.flatMap((dashboard) =>
  panelsOf(dashboard).map((panel) => [`${dashboard.title}: ${panel.title}`, panel] as const),
);
const expressions = panels.flatMap(([, panel]) => targetsOf(panel).map(({ expr }) => expr));

describe("the generated files", () => {
  it.each(generateDashboards())("$path is what `npm run generate` writes", ({ path: file, content }) => {
    expect(readFileSync(path.resolve(import.meta.dirname, "..", file), "utf8")).toBe(content);
  });

  it("are all there are", () => {
    const names = generateDashboards().map(({ path: file }) => path.basename(file));
    expect(readdirSync(path.join(import.meta.dirname, "generated")).sort()).toEqual(names.sort());
  });
});

describe.each(byTitle)("%s", (_title, dashboard) => {
  it.each(Object.entries(lintRules))("keeps %s", (_rule, problemsOf) => {
    expect(problemsOf(dashboard)).toEqual([]);
  });

  it("has a name of its own that never changes, and the tag that links go by", () => {
    expect(dashboards.filter(({ uid }) => uid === dashboard.uid)).toHaveLength(1);
    expect(dashboard.uid).toMatch(/^jobstack-[a-z]+$/);
    expect(dashboard.tags).toEqual(["jobstack"]);
  });

  it("leads to the others at the same time and with the same variables", () => {
    expect(dashboard.links).toMatchObject([
      { type: "dashboards", tags: ["jobstack"], keepTime: true, includeVars: true },
    ]);
  });

  it("draws alerts and deployments", () => {
    expect(dashboard.annotations?.list?.map(({ name }) => name)).toEqual(["Alerts", "Deployments"]);
  });

  it("has panels that lie side by side, none over another", () => {
    const cells = (dashboard.panels ?? []).flatMap(({ gridPos }) =>
      Array.from({ length: (gridPos?.w ?? 0) * (gridPos?.h ?? 0) }, (_, index) => {
        const width = gridPos?.w ?? 1;
        return `${(gridPos?.x ?? 0) + (index % width)} ${(gridPos?.y ?? 0) + Math.floor(index / width)}`;
      }),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels?.every(({ gridPos }) => (gridPos?.x ?? 0) + (gridPos?.w ?? 0) <= 24)).toBe(true);
  });
});

it.each(panels)("%s names its series by labels that they have", (_title, panel) => {
  for (const { expr, legendFormat = "" } of targetsOf(panel)) {
    const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? "");
    expect(named.filter((label) => !promqlLabels(expr).has(label))).toEqual([]);
  }
});

it("shows every metric of the catalogue, or says why not", () => {
  const shown = (name: string) =>
    expressions.some((expr) => new RegExp(`\\b${name}(_bucket|_sum|_count)?\\{`).test(expr));
  const hidden = metricNames.filter((name) => !shown(name));
  expect(hidden).toEqual(Object.keys(unused));
  for (const reason of Object.values(unused)) expect(reason).toMatch(/^[A-Z].*\.$/);
});

it("opens another dashboard from a table only if there is one", () => {
  const opened = JSON.stringify(dashboards).matchAll(/\/d\/([\w-]+)\?/g);
  const uids = dashboards.map(({ uid }) => uid);
  for (const [, uid] of opened) expect(uids).toContain(uid);
});
