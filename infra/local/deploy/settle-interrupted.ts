import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";

/** Whether the engine says that an earlier one was killed while it made something. */
export function tellsOfInterruption({ diagnosticEvent }: EngineEvent): boolean {
  return diagnosticEvent?.message.includes("pending operations from previous deployment") === true;
}

/**
 * The engine keeps a note of each creation that was interrupted, and may warn of it again and again. The provider has taken these
 * up again by itself, so after a deployment that succeeded the notes mean nothing.
 */
export async function settleInterrupted(stack: Stack): Promise<void> {
  await stack.refresh({ clearPendingCreates: true });
}
