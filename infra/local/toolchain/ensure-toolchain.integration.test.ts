import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { version as sdkVersion } from "@pulumi/pulumi/version.js";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ensureToolchain } from "./ensure-toolchain.ts";

let home: string;

beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), "jobstack-home-"));
});

afterEach(() => rmSync(home, { recursive: true }));

it("returns what is there without a word, a log or a search for what is not needed", async () => {
  const root = path.join(home, "versions", sdkVersion);
  const command = path.join(root, "bin/pulumi");
  mkdirSync(path.dirname(command), { recursive: true });
  writeFileSync(command, `#!/bin/sh\necho v${sdkVersion}\n`);
  chmodSync(command, 0o755);
  const lines: string[] = [];

  const toolchain = await ensureToolchain({
    needPostgres: false,
    needMonitoring: false,
    logDir: path.join(home, "logs"),
    progress: (line) => lines.push(line),
    env: { PATH: "", PULUMI_HOME: home },
  });

  expect(toolchain).toEqual({
    postgres: null,
    prometheus: null,
    promtool: null,
    alertmanager: null,
    amtool: null,
    chromium: null,
    cc: null,
    notes: [],
    pulumi: { command, root, version: sdkVersion },
  });
  expect(lines).toEqual([]);
  expect(readdirSync(home)).toEqual(["versions"]);
});
