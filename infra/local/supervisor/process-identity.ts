import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process id alone may be another process by now; with its start time it is this one. */
export interface ProcessIdentity {
  pid: number;
  startedAt: string;
}

/** Null when no such process runs. */
export function identifyProcess(pid: number): ProcessIdentity | null {
  const startedAt = process.platform === "linux" ? startTicks(pid) : startDate(pid);
  return startedAt ? { pid, startedAt } : null;
}

export function isRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.startedAt === identity.startedAt;
}

/** Field 22 of /proc/<pid>/stat; the command in field 2 may itself hold spaces and parentheses. A zombie counts as gone. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function startDate(pid: number): string | undefined {
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}
