import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { identifyProcess, isRunning, type ProcessIdentity } from "../supervisor/process-identity.ts";

export interface FileLockOptions {
  /** Called once when another process holds the lock. */
  onWait?: () => void;
  signal?: AbortSignal | undefined;
}

interface Holder extends ProcessIdentity {
  host: string;
}

const pollMs = 200;
const touchMs = 10_000;
const untouchedMs = 60_000;

/**
 * Runs `action` while this process alone holds the lock file. A lock whose process is gone is taken over; one from
 * another machine (a shared home folder) when it was not touched for a minute.
 *
 * It saves double work and protects nothing: two takeovers at the very same moment may both win, so what is done under
 * it must be harmless when done twice.
 */
export async function withFileLock<T>(
  file: string,
  action: () => Promise<T>,
  options: FileLockOptions = {},
): Promise<T> {
  mkdirSync(path.dirname(file), { recursive: true });
  const content = JSON.stringify({ ...identifyProcess(process.pid), host: os.hostname() });
  let waiting = false;
  while (!create(file, content)) {
    options.signal?.throwIfAborted();
    if (isStale(file)) {
      takeAway(file);
      continue;
    }
    if (!waiting) options.onWait?.();
    waiting = true;
    await delay(pollMs);
  }
  const touch = setInterval(() => touchLock(file), touchMs);
  try {
    return await action();
  } finally {
    clearInterval(touch);
    if (read(file) === content) rmSync(file, { force: true });
  }
}

function create(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isStale(file: string): boolean {
  const holder = parse(read(file));
  if (holder?.host === os.hostname()) return !isRunning(holder);
  const touchedAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return touchedAt !== undefined && Date.now() - touchedAt > untouchedMs;
}

/** Renamed first: of two processes that find the same stale lock only one moves it. */
function takeAway(file: string): void {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
    rmSync(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function touchLock(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Taken away by someone; the work under it goes on.
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function parse(content: string | undefined): Holder | undefined {
  try {
    return content === undefined ? undefined : (JSON.parse(content) as Holder);
  } catch {
    return undefined;
  }
}
