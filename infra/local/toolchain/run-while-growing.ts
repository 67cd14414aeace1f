import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { CommandFailedError } from "./run-logged.ts";

export interface GrowingRun {
  cwd?: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** The folder that the program fills. */
  dir: string;
  /** How long the folder may stay as it is before the program counts as stuck, in milliseconds. */
  stallMs: number;
  onGrowth?: (bytes: number) => void;
  signal?: AbortSignal | undefined;
}

const lookMs = 200;

/**
 * Runs a program for as long as it makes progress: a download of 100 MB may take its time, one from a host that never
 * answers may not. A stuck program is ended with all its children. Throws CommandFailedError with the reason.
 */
export async function runWhileGrowing(
  command: string,
  args: readonly string[],
  run: GrowingRun,
): Promise<void> {
  mkdirSync(path.dirname(run.logFile), { recursive: true });
  const log = openSync(run.logFile, "a");
  const offset = statSync(run.logFile).size;
  // A group of its own, so that its children end with it. Standard input tells it when this process is gone.
  const child = spawn(command, args, {
    cwd: run.cwd,
    env: run.env,
    stdio: ["pipe", log, log],
    detached: true,
  });
  closeSync(log);
  let failure: string | undefined;
  const end = (reason: string) => {
    failure ??= reason;
    killGroup(child.pid);
  };
  const stopWatching = watchGrowth(run, () => end(`no data for ${run.stallMs / 1000} s`));
  const abort = () => end("cancelled");
  run.signal?.addEventListener("abort", abort);
  try {
    await new Promise<void>((resolve) => {
      child.once("error", (error) => {
        failure ??= error.message;
        resolve();
      });
      child.once("close", (code, signal) => {
        if (code !== 0) failure ??= signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
        resolve();
      });
    });
  } finally {
    stopWatching();
    run.signal?.removeEventListener("abort", abort);
  }
  run.signal?.throwIfAborted();
  if (failure === undefined) return;
  throw new CommandFailedError(failure, readFileSync(run.logFile).subarray(offset).toString());
}

function watchGrowth(run: GrowingRun, onStall: () => void): () => void {
  let bytes = 0;
  let grewAt = Date.now();
  const timer = setInterval(() => {
    const now = folderBytes(run.dir);
    if (now !== bytes) {
      bytes = now;
      grewAt = Date.now();
      run.onGrowth?.(bytes);
    } else if (Date.now() - grewAt > run.stallMs) {
      onStall();
    }
  }, lookMs);
  return () => clearInterval(timer);
}

/** Minus one when a folder vanished during the walk, which is a change as well. */
function folderBytes(dir: string): number {
  try {
    const files = readdirSync(dir, { withFileTypes: true, recursive: true }).filter((entry) =>
      entry.isFile(),
    );
    return files.reduce((sum, file) => sum + statSync(path.join(file.parentPath, file.name)).size, 0);
  } catch {
    return -1;
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
