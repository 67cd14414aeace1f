import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { projectRoot } from "../../infra/local/workspace.ts";
import { createTestPlatform, type TestPlatform } from "./platform.ts";

let platform: TestPlatform;

beforeEach(async () => {
  platform = await createTestPlatform();
});

afterEach(async () => {
  await platform.npm("down", "--purge");
});

/** Runs `up` and kills it, and all it waits for, as soon as it prints a line that matches. */
async function killUpAt(pattern: RegExp): Promise<void> {
  const child = spawn("npm", ["run", "up", "--", "--detach"], {
    cwd: projectRoot,
    env: { ...process.env, ...platform.env },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    if (pattern.test(line)) break;
  }
  process.kill(-(child.pid ?? 0), "SIGKILL");
  await exited;
}

/** Files of the engine's state that a kill could leave half written. */
function filesWrittenInPlace(): string[] {
  const state = path.join(platform.dir, "pulumi");
  return readdirSync(state, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".attrs"));
}

describe("an up that is killed", () => {
  it.each([
    ["while the platform starts", /Platform/],
    ["in the middle of the deployment", /SqlFunction .* created/],
  ])("%s is repaired by the next one", async (_, pattern) => {
    await killUpAt(pattern);
    expect(filesWrittenInPlace()).toEqual([]);
    expect(await platform.npm("up", "--detach")).toMatch(/First job: story written/);
    expect(await platform.npm("up", "--detach")).toMatch(/Deployment: 0 created, 0 updated, 0 deleted/);
  });
});
