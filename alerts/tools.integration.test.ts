import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { alertmanagerConfig } from "./alertmanager-config.ts";
import { isMissing } from "./testing/is-missing.ts";

const withPromtool = it.skipIf(isMissing("promtool"));
const withAmtool = it.skipIf(isMissing("amtool"));

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "jobstack-alerts-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

withPromtool("promtool accepts the rules", async () => {
  const rules = path.join(import.meta.dirname, "generated/prometheus-rules.yaml");
  const { exitCode, stderr } = await execa("promtool", ["check", "rules", rules], { reject: false });
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
});

withPromtool.each(readdirSync(path.join(import.meta.dirname, "tests")))(
  "the alerts fire and keep silent as %s says",
  async (file) => {
    const test = path.join(import.meta.dirname, "tests", file);
    const { exitCode, stderr } = await execa("promtool", ["test", "rules", test], { reject: false });
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  },
);

withAmtool.each([
  ["nowhere", {}],
  ["a webhook and a heartbeat", { webhookUrl: "http://127.0.0.1:9/a", heartbeatUrl: "http://127.0.0.1:9/b" }],
])("amtool accepts a configuration that sends alerts to %s", async (_where, options) => {
  const file = path.join(folder, "alertmanager.yaml");
  writeFileSync(file, alertmanagerConfig(options));
  const { stdout } = await execa("amtool", ["check-config", file]);
  expect(stdout).toContain("SUCCESS");
});
