import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";
import { freePort } from "../../test/support/free-port.ts";
import { ensurePlatform } from "./ensure-platform.ts";
import { startTestGateway, type TestGateway } from "./gateway/testing/test-gateway.ts";
import { loadSettings } from "./settings.ts";
import { writeShellEnvironment } from "./shell-environment.ts";
import { createWorkspace, locateWorkspace, projectRoot } from "./workspace.ts";

let directory: string;
let gateway: TestGateway | undefined;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "jobstack-platform-"));
});
afterEach(async () => {
  await gateway?.close();
  rmSync(directory, { recursive: true });
});

it("a shell that has read .jobstack/env uses Supabase's CLI on the local project", async () => {
  const workspace = locateWorkspace({ JOBSTACK_DIR: path.join(directory, ".jobstack") });
  createWorkspace(workspace);
  const port = await freePort();
  const settings = loadSettings({ JOBSTACK_API_PORT: String(port) });
  const { accessToken, projectRef } = await ensurePlatform(workspace, settings);
  // Any program will do: nothing here runs Pulumi.
  await writeShellEnvironment(workspace, settings, {
    command: process.execPath,
    version: "3.248.0",
    root: null,
  });
  gateway = await startTestGateway({ accessToken, projectRef, port });

  const binary = path.join(projectRoot, "node_modules/.bin/supabase");
  const command = `. "${workspace.dir}/env" && "${binary}" functions list --remote=${projectRef} --output-format json`;
  const { stdout } = await execa("sh", ["-c", command], {
    cwd: directory,
    extendEnv: false,
    env: { PATH: process.env.PATH, HOME: directory, DO_NOT_TRACK: "1", NO_COLOR: "1" },
  });
  expect(JSON.parse(stdout)).toMatchObject({ functions: [], target: { project_ref: projectRef } });
});
