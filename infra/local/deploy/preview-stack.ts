import type { OpMap, Stack } from "@pulumi/pulumi/automation/index.js";
import { runEngine } from "./run-engine.ts";
import type { Terminal } from "./terminal.ts";

/** Shows what a deployment would change, drift included; changes nothing. Returns whether there is anything. */
export async function previewStack(stack: Stack, terminal: Terminal): Promise<boolean> {
  const { changeSummary } = await runEngine(stack, "the preview", terminal, (options) =>
    stack.preview(options),
  );
  return hasChanges(changeSummary);
}

/** What the engine does without a change to anything. */
const harmless = ["same", "read", "refresh"];

function hasChanges(changes: OpMap): boolean {
  return Object.entries(changes).some(([op, count]) => !harmless.includes(op) && count > 0);
}
