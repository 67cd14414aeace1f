import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { portInUse } from "./port.ts";
import type { ServerUser } from "./server-user.ts";

export interface PostmasterOptions {
  bindir: string;
  dataDir: string;
  port: number;
  user: ServerUser | undefined;
  /** More of its environment. */
  env: Record<string, string>;
  /** Appended to; begun anew past 8 MiB. */
  logFile: string;
  /** Resolves when the server accepts a connection, rejects when it does not (yet). */
  connect: () => Promise<void>;
  /** Called with each process that is started. */
  onSpawn: (child: ChildProcess) => void;
}

// A recovery after a crash can take its time.
const startDeadlineMs = 120_000;
const logLimitBytes = 8 * 1024 * 1024;

/** Runs the server as a child of this process and resolves once it accepts connections. */
export async function runPostmaster(options: PostmasterOptions): Promise<void> {
  const deadline = Date.now() + startDeadlineMs;
  while (true) {
    rotateLog(options.logFile);
    const logStart = existsSync(options.logFile) ? statSync(options.logFile).size : 0;
    const child = spawnPostmaster(options);
    if (await becomesReady(child, options.connect, deadline)) return;
    child.kill("SIGQUIT");
    const text = readFileSync(options.logFile).subarray(logStart).toString("utf8");
    if (text.includes("Address already in use")) throw portInUse(options.port);
    // The backends of a killed predecessor hold its shared memory until they notice, within seconds.
    const isTemporary = text.includes("pre-existing shared memory block");
    if (!isTemporary || Date.now() > deadline) {
      throw new Error(`postgres: the server did not start; the end of ${options.logFile}:\n${tail(text)}`);
    }
    await pause(200);
  }
}

function spawnPostmaster({ bindir, dataDir, user, env, logFile, onSpawn }: PostmasterOptions): ChildProcess {
  const log = openSync(logFile, "a");
  const child = spawn(path.join(bindir, "postgres"), ["-D", dataDir], {
    cwd: "/",
    // An own process group: Ctrl-C in a terminal must not reach the server before its supervisor decides.
    detached: true,
    stdio: ["ignore", log, log],
    env: { PATH: process.env.PATH ?? "", LC_ALL: "C", ...env },
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
  });
  closeSync(log);
  onSpawn(child);
  return child;
}

async function becomesReady(
  child: ChildProcess,
  connect: () => Promise<void>,
  deadline: number,
): Promise<boolean> {
  while (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    try {
      await connect();
      return true;
    } catch {
      if (Date.now() > deadline) return false;
      await pause(30);
    }
  }
  return false;
}

function rotateLog(file: string): void {
  if (existsSync(file) && statSync(file).size > logLimitBytes) renameSync(file, `${file}.1`);
}

function tail(text: string): string {
  return text.trim().split("\n").slice(-15).join("\n");
}
