import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { demos } from "../../infra/local/demo/demos.ts";
import { openTestPlatform } from "../e2e/platform.ts";
import { systemsPlatform } from "./platform.ts";

const platform = systemsPlatform();

it("runs for all systems and says in a line what came of each", async () => {
  const lines = (await platform.npm("demo")).split("\n");
  for (const { title } of demos) expect(lines).toContainEqual(expect.stringContaining(`✔ ${title} `));
});

it("says what to do when no platform runs", async () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), "jobstack-demo-"));
  try {
    const nowhere = openTestPlatform({ dir, ports: platform.ports });
    await expect(nowhere.npm("demo")).rejects.toMatchObject({
      exitCode: 1,
      all: expect.stringMatching(/error: no platform runs in .*; start one with: npm run up -- --detach/),
    });
  } finally {
    rmSync(dir, { recursive: true });
  }
});
