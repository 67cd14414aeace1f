import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";
import { isMissing } from "../alerts/testing/is-missing.ts";
import { prometheusConfig } from "./prometheus-config.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "jobstack-prometheus-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.skipIf(isMissing("promtool")).each([{}, { alertmanager: "127.0.0.1:54332" }])(
  "writes what promtool accepts: %o",
  async (options) => {
    const file = path.join(folder, "prometheus.yaml");
    const rules = path.resolve("alerts/generated/local/prometheus-rules.yaml");
    const exporter = "127.0.0.1:54330";
    writeFileSync(file, prometheusConfig({ environment: "local", exporter, rules, ...options }));
    const { stdout } = await execa("promtool", ["check", "config", file]);
    expect(stdout).toContain("is valid prometheus config file syntax");
  },
);
