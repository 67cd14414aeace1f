import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { identifyProcess } from "../supervisor/process-identity.ts";
import { runWhileGrowing } from "./run-while-growing.ts";

let dir: string;
let filled: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "jobstack-growing-"));
  filled = path.join(dir, "filled");
  mkdirSync(filled);
});

afterEach(() => rmSync(dir, { recursive: true }));

function run(script: string, options: { stallMs: number; signal?: AbortSignal; onGrowth?: () => void }) {
  const logFile = path.join(dir, "log");
  return runWhileGrowing("sh", ["-c", script], {
    cwd: filled,
    env: process.env,
    logFile,
    dir: filled,
    ...options,
  });
}

it("ends a program that gets nothing, with its children", async () => {
  const pidFile = path.join(dir, "pid");
  const stuck = run(`sleep 60 & echo $! > ${pidFile}; wait`, { stallMs: 300 });
  await expect(stuck).rejects.toThrow("no data for 0.3 s");
  const child = Number(readFileSync(pidFile, "utf8"));
  await vi.waitFor(() => expect(identifyProcess(child)).toBeNull());
});

it("lets a program run for longer than that while its folder grows", async () => {
  const stallMs = 1_000;
  const beganAt = Date.now();
  let growths = 0;
  const onGrowth = () => {
    growths += 1;
    const goOn = Date.now() - beganAt < 2 * stallMs;
    appendFileSync(path.join(filled, goOn ? "data" : "end"), "x");
  };
  await run("echo x > data; until [ -e end ]; do sleep 0.05; done", { stallMs, onGrowth });
  expect(growths).toBeGreaterThan(1);
});

it("hands on how the program failed", async () => {
  await expect(run("exit 7", { stallMs: 5_000 })).rejects.toThrow("ended with exit code 7");
});

it("ends the program when it is cancelled", async () => {
  const cancel = new AbortController();
  const running = run("echo x > data; sleep 60", {
    stallMs: 60_000,
    signal: cancel.signal,
    onGrowth: () => cancel.abort(),
  });
  await expect(running).rejects.toThrow("aborted");
});
