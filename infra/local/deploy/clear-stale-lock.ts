import { existsSync, readdirSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { identifyProcess } from "../supervisor/process-identity.ts";
import type { Workspace } from "../workspace.ts";

/** Takes away the lock of a deployment that was killed, so that nobody has to run `pulumi cancel` by hand. */
export async function clearStaleLock(workspace: Workspace, stack: Stack): Promise<void> {
  const dir = path.join(workspace.pulumi, ".pulumi/locks/organization/jobstack", stack.name);
  if (!existsSync(dir)) return;
  const locks = readdirSync(dir).filter((name) => name.endsWith(".json"));
  if (locks.length === 0 || locks.some((name) => isHeld(path.join(dir, name)))) return;
  await stack.cancel();
}

function isHeld(lock: string): boolean {
  const { pid, hostname } = JSON.parse(readFileSync(lock, "utf8")) as { pid: number; hostname: string };
  if (hostname !== os.hostname()) return true;
  return identifyProcess(pid) !== null && runsPulumi(pid);
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
