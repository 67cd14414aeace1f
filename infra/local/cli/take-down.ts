import { stopLeftovers } from "../supervisor/leftovers.ts";
import { readLiveState } from "../supervisor/run-state.ts";
import { stopProcess } from "../supervisor/stop-process.ts";
import type { Workspace } from "../workspace.ts";

/** Longer than the slowest part may take to stop, since the supervisor stops them one after another. */
const stopTimeoutMs = 60_000;

/** Stops the platform of this workspace, also what a killed supervisor left behind. False when nothing ran. */
export async function takeDown(workspace: Workspace): Promise<boolean> {
  const state = readLiveState(workspace.run);
  if (state) await stopProcess(state.supervisor, stopTimeoutMs);
  const leftovers = await stopLeftovers(workspace.run);
  return state !== null || leftovers.length > 0;
}
