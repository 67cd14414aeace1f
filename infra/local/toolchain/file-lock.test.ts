import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { identifyProcess } from "../supervisor/process-identity.ts";
import { withFileLock } from "./file-lock.ts";

let dir: string;
let lock: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "jobstack-lock-"));
  lock = path.join(dir, "cli.lock");
});

afterEach(() => rmSync(dir, { recursive: true }));

const here = os.hostname();
const hold = (holder: object) => writeFileSync(lock, JSON.stringify(holder));
const done = async () => "done";

it("lets one at a time in and tells the other that it waits", async () => {
  const events: string[] = [];
  let finishFirst = () => {};
  const first = withFileLock(
    lock,
    () =>
      new Promise<void>((resolve) => {
        finishFirst = resolve;
      }),
  );
  const second = withFileLock(lock, async () => void events.push("second"), {
    onWait: () => {
      events.push("waits");
      finishFirst();
    },
  });
  await Promise.all([first.then(() => events.push("first")), second]);
  expect(events).toEqual(["waits", "first", "second"]);
});

it("leaves no file behind, also when the work fails", async () => {
  await expect(withFileLock(lock, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(readdirSync(dir)).toEqual([]);
});

it("takes over the lock of a process that is gone", async () => {
  const { pid } = spawnSync("true");
  hold({ pid, startedAt: "1", host: here });
  expect(await withFileLock(lock, done)).toBe("done");
});

it("takes over when the process id belongs to another process by now", async () => {
  hold({ pid: process.pid, startedAt: "before the restart", host: here });
  expect(await withFileLock(lock, done)).toBe("done");
});

it("waits for another machine, and takes over when its lock was not touched for a minute", async () => {
  hold({ pid: 1, startedAt: "1", host: "elsewhere" });
  const result = withFileLock(lock, done, {
    onWait: () => {
      const longAgo = new Date(Date.now() - 61_000);
      utimesSync(lock, longAgo, longAgo);
    },
  });
  expect(await result).toBe("done");
});

it("takes over an unreadable lock that was not touched for a minute", async () => {
  writeFileSync(lock, "");
  const longAgo = new Date(Date.now() - 61_000);
  utimesSync(lock, longAgo, longAgo);
  expect(await withFileLock(lock, done)).toBe("done");
});

it("stops waiting when it is cancelled, and leaves the lock to its holder", async () => {
  hold({ ...identifyProcess(process.pid), host: here });
  const cancel = new AbortController();
  const waiting = withFileLock(lock, done, { onWait: () => cancel.abort(), signal: cancel.signal });
  await expect(waiting).rejects.toThrow("aborted");
  expect(existsSync(lock)).toBe(true);
});
