import path from "node:path";
import { inject } from "vitest";
import { withFileLock } from "../../infra/local/toolchain/file-lock.ts";
import { openTestPlatform, type TestPlatform } from "../e2e/platform.ts";

export interface SystemsPlatform extends TestPlatform {
  /** Runs `work` while no other test deploys: whatever changes a deployed object, or deploys, does it in here. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Calls for a queue's worker so far, those that one was awake for included. */
  wakeUps(queue: string): Promise<number>;
}

/** The running platform of these tests. Its systems are shared: a test looks only at rows that it made. */
export function systemsPlatform(): SystemsPlatform {
  const platform = openTestPlatform(inject("platform"));
  const lock = path.join(platform.dir, "test-deployments.lock");
  return {
    ...platform,
    alone: (work) => withFileLock(lock, work),
    wakeUps: async (queue) => {
      const [row] = await platform.query<{ calls: string }>(
        "select wake_sent_total + wake_coalesced_total as calls from jobstack.metrics_queue() where queue = $1",
        [queue],
      );
      return Number(row?.calls);
    },
  };
}
