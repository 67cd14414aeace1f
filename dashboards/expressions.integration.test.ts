import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";
import { stringify } from "yaml";
import { isMissing } from "../alerts/testing/is-missing.ts";
import { allExpressions } from "./expressions.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "jobstack-dashboards-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.skipIf(isMissing("promtool"))("are all understood by Prometheus' own parser", async () => {
  const expressions = allExpressions("1m");
  const rules = expressions.map(({ expr }, index) => ({ record: `dashboards:expression:${index}`, expr }));
  const file = path.join(folder, "rules.yaml");
  writeFileSync(file, stringify({ groups: [{ name: "dashboards", rules }] }));
  const { stdout, stderr } = await execa("promtool", ["check", "rules", file], { reject: false });
  expect(stderr).toBe("");
  expect(stdout).toContain(`SUCCESS: ${expressions.length} rules found`);
});
