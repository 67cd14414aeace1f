import { isRunning } from "./process-identity.ts";
import { readRunState } from "./run-state.ts";
import { stopProcess } from "./stop-process.ts";

/** Ends what a killed supervisor left running in this workspace; only processes whose start time is on record. */
export async function stopLeftovers(runDir: string): Promise<string[]> {
  const state = readRunState(runDir);
  if (!state || isRunning(state.supervisor)) return [];
  const left = state.parts.filter((part) => part.process && isRunning(part.process));
  // One after another in reverse order, so that the database loses its clients first.
  for (const part of left.toReversed()) {
    if (part.process) await stopProcess(part.process, 15_000, part.stopSignal);
  }
  return left.map((part) => part.name);
}
