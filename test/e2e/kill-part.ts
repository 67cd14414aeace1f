import { expect, vi } from "vitest";
import { type PartState, readLiveState } from "../../infra/local/supervisor/run-state.ts";
import { locateWorkspace } from "../../infra/local/workspace.ts";
import type { TestPlatform } from "./platform.ts";

/** Ends a part of a platform; resolves once its supervisor has noticed, with what it says of the part. */
export async function killPart(
  platform: TestPlatform,
  name: string,
  signal: NodeJS.Signals,
): Promise<PartState | undefined> {
  const { run } = locateWorkspace({ JOBSTACK_DIR: platform.dir });
  const part = () => readLiveState(run)?.parts.find((each) => each.name === name);
  const running = part()?.process;
  if (running === undefined) throw new Error(`${name} does not run`);
  process.kill(running.pid, signal);
  return vi.waitFor(
    () => {
      const state = part();
      expect(state).toMatchObject({ state: "failed" });
      return state;
    },
    { timeout: 30_000 },
  );
}
