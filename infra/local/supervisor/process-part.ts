import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { Part } from "./part.ts";
import { identifyProcess } from "./process-identity.ts";
import { stopProcess } from "./stop-process.ts";

export interface ProcessPartOptions {
  name: string;
  url?: string;
  log: string;
  after?: readonly string[];
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** How it says that it serves: a line `ready` on stdout, or an answer of 200 from a URL. */
  ready: "line" | { url: string };
}

const startTimeoutMs = 60_000;
const stopTimeoutMs = 15_000;

/** A part that is an ordinary child process. */
export function processPart(options: ProcessPartOptions): Part {
  let child: ChildProcess | undefined;
  let stopping = false;

  async function start(onExit: (reason: string) => void): Promise<number> {
    stopping = false;
    const started = spawn(options.command, options.args, {
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    const output = record(started, options.log);
    const ended = exitOf(started);
    const readiness = options.ready === "line" ? output.readyLine : answers(options.ready.url, started);
    const first = await Promise.race([readiness, ended, delay(startTimeoutMs, "timeout", { ref: false })]);
    if (first !== "ready") {
      await stop();
      const reason = first === "timeout" ? `did not become ready in ${startTimeoutMs / 1000} s` : first;
      throw new Error(reason);
    }
    void ended.then((reason) => {
      if (!stopping) onExit(reason);
    });
    return started.pid ?? 0;
  }

  async function stop(): Promise<void> {
    stopping = true;
    const identity = child?.pid === undefined ? null : identifyProcess(child.pid);
    if (identity) await stopProcess(identity, stopTimeoutMs);
  }

  const { name, log, after = [], url } = options;
  return { name, log, after, start, stop, ...(url === undefined ? {} : { url }) };
}

/** Copies the output to the log file and watches for the line `ready`. */
function record(child: ChildProcess, log: string): { readyLine: Promise<"ready"> } {
  const file = createWriteStream(log, { flags: "a", mode: 0o600 });
  child.once("close", () => file.end());
  child.stderr?.on("data", (chunk) => file.write(chunk));
  child.stdout?.on("data", (chunk) => file.write(chunk));
  const readyLine = new Promise<"ready">((resolve) => {
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line === "ready") resolve("ready");
    });
  });
  return { readyLine };
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ? `ended by ${signal}` : `exited with code ${code}`));
  });
}

async function answers(url: string, child: ChildProcess): Promise<"ready"> {
  while (child.exitCode === null && child.signalCode === null) {
    const status = await fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return "ready";
    await delay(50);
  }
  return new Promise(() => {});
}
