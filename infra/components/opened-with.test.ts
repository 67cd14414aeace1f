import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { packageRoot } from "../package-root.ts";
import { openedWith } from "./opened-with.ts";

const overview = readFileSync(path.join(packageRoot, "dashboards/generated/jobstack-overview.json"), "utf8");

function choices(model: string): Record<string, unknown> {
  const { list } = JSON.parse(model).templating as { list: { name: string; current?: unknown }[] };
  return Object.fromEntries(list.map(({ name, current }) => [name, current]));
}

it("chooses the data source and the environment that a dashboard opens with, and nothing else", () => {
  const before = choices(overview);
  const opened = openedWith(overview, { datasource: "Mimir", environment: "production" });
  expect(choices(opened)).toEqual({
    ...before,
    datasource: { selected: true, text: "Mimir", value: "Mimir" },
    environment: { selected: true, text: ["production"], value: ["production"] },
  });
  expect({ ...JSON.parse(opened), templating: null }).toEqual({ ...JSON.parse(overview), templating: null });
});

it("leaves a dashboard as it is where nothing is chosen", () => {
  expect(JSON.parse(openedWith(overview, {}))).toEqual(JSON.parse(overview));
});
