import { existsSync, readdirSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { identifyProcess } from "../supervisor/process-identity.ts";
import type { Workspace } from "../workspace.ts";

/** An engine whose program was killed notices that and ends within seconds. */
const patienceMs = 30_000;

/**
 * Takes away the lock of a deployment that was killed, so that nobody has to run `pulumi cancel` by hand. Waits a while
 * for one that is still held; if it stays, the engine's own error says who holds it.
 */
export async function clearStaleLock(workspace: Workspace, stack: Stack): Promise<void> {
  const dir = path.join(workspace.pulumi, ".pulumi/locks/organization/jobstack", stack.name);
  const deadline = Date.now() + patienceMs;
  while (findLocks(dir).some(isHeld) && Date.now() < deadline) await delay(200);
  const left = findLocks(dir);
  if (left.length > 0 && !left.some(isHeld)) await stack.cancel();
}

function findLocks(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => name.endsWith(".json"))
    .map((name) => path.join(dir, name));
}

function isHeld(lock: string): boolean {
  const holder = readHolder(lock);
  if (!holder) return false;
  if (holder.hostname !== os.hostname()) return true;
  return identifyProcess(holder.pid) !== null && runsPulumi(holder.pid);
}

/** Null when the lock was given back since, or its writer was killed before it was written. */
function readHolder(lock: string): { pid: number; hostname: string } | null {
  try {
    return JSON.parse(readFileSync(lock, "utf8"));
  } catch {
    return null;
  }
}

/** After a restart of the machine the recorded process id may belong to something else. */
function runsPulumi(pid: number): boolean {
  if (process.platform !== "linux") return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("pulumi");
  } catch {
    return false;
  }
}
