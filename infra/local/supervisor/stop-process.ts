import { setTimeout as delay } from "node:timers/promises";
import { isRunning, type ProcessIdentity } from "./process-identity.ts";

/** Ends a process: by its signal, then by SIGKILL after the grace period in milliseconds. Fine when it is gone already. */
export async function stopProcess(
  identity: ProcessIdentity,
  graceMs: number,
  stopSignal: "SIGTERM" | "SIGINT" = "SIGTERM",
): Promise<void> {
  signal(identity, stopSignal);
  if (await gone(identity, graceMs)) return;
  signal(identity, "SIGKILL");
  await gone(identity, 5_000);
}

function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function gone(identity: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isRunning(identity)) {
    if (Date.now() > deadline) return false;
    await delay(25);
  }
  return true;
}
