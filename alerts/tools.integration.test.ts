import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { templateFile } from "./alertmanager-config.ts";
import { alertedEnvironments } from "./generate.ts";
import { isMissing } from "./testing/is-missing.ts";

const generated = path.join(import.meta.dirname, "generated");
const stacks = alertedEnvironments().map(({ stack }) => stack);

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "jobstack-alerts-"));
  copyFileSync(path.join(import.meta.dirname, templateFile), path.join(folder, templateFile));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(isMissing("promtool"))("promtool", () => {
  it.each(stacks)("accepts the rules of %s", async (stack) => {
    const rules = path.join(generated, stack, "prometheus-rules.yaml");
    const { exitCode, stderr } = await execa("promtool", ["check", "rules", rules], { reject: false });
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  });

  it.each(readdirSync(path.join(import.meta.dirname, "tests")))(
    "sees the alerts fire and keep silent as %s says",
    async (file) => {
      const test = path.join(import.meta.dirname, "tests", file);
      const { exitCode, stderr } = await execa("promtool", ["test", "rules", test], { reject: false });
      expect(stderr).toBe("");
      expect(exitCode).toBe(0);
    },
  );
});

describe.skipIf(isMissing("amtool"))("amtool", () => {
  /** The generated configuration, readable for an amtool before 0.26, which knows no file for a webhook's address. */
  function configOf(stack: string): string {
    const config = readFileSync(path.join(generated, stack, "alertmanager.yaml"), "utf8");
    const file = path.join(folder, `${stack}.yaml`);
    writeFileSync(file, config.replaceAll(/(- |\s)url_file: .*/g, "$1url: http://127.0.0.1:9"));
    return file;
  }

  it.each(stacks)("accepts the configuration of %s", async (stack) => {
    const { stdout } = await execa("amtool", ["check-config", configOf(stack)]);
    expect(stdout).toContain("SUCCESS");
  });

  it.each([
    ["production", "alertname=JobsStuck severity=critical environment=production", "pagerduty,slack"],
    ["production", "alertname=JobsDeadLettered severity=warning environment=production", "slack"],
    ["production", "alertname=JobsStuck severity=critical environment=staging", "slack"],
    ["production", "alertname=Watchdog severity=none environment=production", "heartbeat"],
    ["staging", "alertname=JobsStuck severity=critical environment=staging", "slack"],
    ["staging", "alertname=Watchdog severity=none environment=staging", "nowhere"],
    ["local", "alertname=JobsStuck severity=critical environment=local", "webhook"],
    ["local", "alertname=JobsDeadLettered severity=warning environment=local", "webhook"],
    ["local", "alertname=Watchdog severity=none environment=local", "heartbeat"],
  ])("in %s routes %s to %s", async (stack, labels, receivers) => {
    const args = ["config", "routes", "test", `--config.file=${configOf(stack)}`, ...labels.split(" ")];
    const { stdout } = await execa("amtool", args);
    expect(stdout).toBe(receivers);
  });
});
