import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { execaSync } from "execa";

/** Ways to end a postmaster, gentle first, and how long each may take in milliseconds. */
const ways = [
  { name: "fast", signal: "SIGINT", patienceMs: 15_000 },
  { name: "immediate", signal: "SIGQUIT", patienceMs: 5_000 },
  { name: "kill", signal: "SIGKILL", patienceMs: 5_000 },
] as const;

/**
 * The process id of the postmaster that runs on this data directory, also one that an earlier, killed supervisor left
 * behind. Undefined when there is none; a stale or reused id in postmaster.pid counts as none.
 */
export function findPostmaster(dataDir: string): number | undefined {
  const pid = Number(read(path.join(dataDir, "postmaster.pid"))?.split("\n")[0]);
  if (!pid || !isAlive(pid)) return undefined;
  return `${commandLine(pid)} `.includes(`postgres -D ${dataDir} `) ? pid : undefined;
}

/**
 * Stops a postmaster: fast (sessions are cut, a checkpoint is written), then immediate, then by force. Where the data
 * is to be deleted anyway, begin with immediate.
 */
export async function stopPostmaster(pid: number, from: "fast" | "immediate" = "fast"): Promise<void> {
  for (const { signal, patienceMs } of ways.slice(ways.findIndex(({ name }) => name === from))) {
    if (!sendSignal(pid, signal)) return;
    if (await isGoneWithin(pid, patienceMs)) return;
  }
  throw new Error(`postgres: process ${pid} does not end, not even by SIGKILL; look at it with ps`);
}

/**
 * Removes the lock files of a server that is gone: should their process id now belong to some other program (or to a
 * dead process that nobody collects), the server would refuse to start. Keeps them while a postmaster runs.
 */
export function removeStaleLocks(dataDir: string, socketDir: string): void {
  if (findPostmaster(dataDir) !== undefined) return;
  const sockets = readdirSync(socketDir).filter((name) => name.startsWith(".s.PGSQL."));
  for (const file of [
    path.join(dataDir, "postmaster.pid"),
    ...sockets.map((name) => path.join(socketDir, name)),
  ]) {
    rmSync(file, { force: true });
  }
}

/** Undefined for a file that is not there, or a process that ended while we looked. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isZombie(pid);
}

/** An ended postmaster whose parent does not collect it: gone for us. */
function isZombie(pid: number): boolean {
  return /^State:\s+Z/m.test(read(`/proc/${pid}/status`) ?? "");
}

function commandLine(pid: number): string | undefined {
  const fromProc = read(`/proc/${pid}/cmdline`);
  if (fromProc !== undefined) return fromProc.replaceAll("\0", " ");
  const ps = execaSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { reject: false });
  return ps.failed ? undefined : ps.stdout;
}

async function isGoneWithin(pid: number, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (Date.now() < deadline) {
    if (!isAlive(pid)) return true;
    await pause(20);
  }
  return !isAlive(pid);
}
