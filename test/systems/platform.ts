import path from "node:path";
import { inject } from "vitest";
import { withFileLock } from "../../infra/local/toolchain/file-lock.ts";
import { openTestPlatform, type TestPlatform } from "../e2e/platform.ts";

export interface SystemsPlatform extends TestPlatform {
  /** Runs `work` while no other test deploys: whatever changes a deployed object, or deploys, does it in here. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** The running platform of these tests. Its systems are shared: a test looks only at rows that it made. */
export function systemsPlatform(): SystemsPlatform {
  const platform = openTestPlatform(inject("platform"));
  const lock = path.join(platform.dir, "test-deployments.lock");
  return { ...platform, alone: (work) => withFileLock(lock, work) };
}
