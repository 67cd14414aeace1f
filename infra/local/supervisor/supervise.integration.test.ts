import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stopLeftovers } from "./leftovers.ts";
import type { Part } from "./part.ts";
import { identifyProcess, isRunning, type ProcessIdentity } from "./process-identity.ts";
import { type ProcessPartOptions, processPart } from "./process-part.ts";
import { type PartState, readRunState, writeRunState } from "./run-state.ts";
import { Supervisor } from "./supervise.ts";

const serving = 'console.log("ready"); setInterval(() => {}, 1000)';

let dir: string;
let supervisor: Supervisor | undefined;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "supervisor-"));
});

afterEach(async () => {
  await supervisor?.stop();
  supervisor = undefined;
  rmSync(dir, { recursive: true });
});

function part(name: string, script: string, options: Partial<ProcessPartOptions> = {}): Part {
  const log = path.join(dir, `${name}.log`);
  return processPart({
    name,
    log,
    command: process.execPath,
    args: ["-e", script],
    ready: "line",
    ...options,
  });
}

async function start(...parts: Part[]): Promise<void> {
  supervisor = new Supervisor(parts, dir, {});
  await supervisor.start();
}

function stateOf(name: string): PartState | undefined {
  return readRunState(dir)?.parts.find((part) => part.name === name);
}

function processOf(name: string): ProcessIdentity {
  const identity = stateOf(name)?.process;
  if (!identity) throw new Error(`part "${name}" has no process`);
  return identity;
}

describe("Supervisor", () => {
  it("starts a part only after those it waits for serve", async () => {
    const order: string[] = [];
    const noted = (inner: Part): Part => ({
      ...inner,
      start: async (onExit) => {
        order.push(`${inner.name} starts`);
        const pid = await inner.start(onExit);
        order.push(`${inner.name} serves`);
        return pid;
      },
    });
    await start(noted(part("app", serving, { after: ["db"] })), noted(part("db", serving)));
    expect(order).toEqual(["db starts", "db serves", "app starts", "app serves"]);
  });

  it("reports a part that cannot start, with its reason and its log, and does not start those after it", async () => {
    await start(
      part("db", 'console.error("disk is full"); process.exit(3)'),
      part("app", serving, { after: ["db"] }),
    );
    expect(stateOf("db")).toMatchObject({ state: "failed", reason: "exited with code 3" });
    expect(stateOf("app")).toMatchObject({ state: "blocked", reason: "waits for db" });
    await vi.waitFor(() => expect(readFileSync(path.join(dir, "db.log"), "utf8")).toBe("disk is full\n"));
  });

  it("notices that a part crashed later", async () => {
    await start(part("app", serving));
    process.kill(processOf("app").pid, "SIGKILL");
    await vi.waitFor(() =>
      expect(stateOf("app")).toMatchObject({ state: "failed", reason: "ended by SIGKILL" }),
    );
  });

  it("leaves no process behind when it stops", async () => {
    await start(part("app", serving), part("db", serving));
    const processes = [processOf("app"), processOf("db")];
    await supervisor?.stop();
    expect(processes.filter(isRunning)).toEqual([]);
    expect(stateOf("app")?.state).toBe("stopped");
  });
});

describe("a supervisor that is stopped while parts start", () => {
  it("starts none of those that wait", async () => {
    const slow = part("db", "setInterval(() => {}, 1000)");
    supervisor = new Supervisor([slow, part("app", serving, { after: ["db"] })], dir, {});
    const started = supervisor.start();
    await vi.waitFor(() => expect(stateOf("db")?.state).toBe("starting"));
    await supervisor.stop();
    await started;
    expect(stateOf("app")?.process).toBeUndefined();
    expect(stateOf("db")?.state).toBe("failed");
  });
});

describe("stopLeftovers", () => {
  it("ends the parts of a supervisor that was killed", async () => {
    await start(part("app", serving));
    const left = processOf("app");
    const state = readRunState(dir);
    if (!state) throw new Error("no state");
    writeRunState(dir, { ...state, supervisor: { pid: 1, startedAt: "never" } });
    expect(await stopLeftovers(dir)).toEqual(["app"]);
    expect(isRunning(left)).toBe(false);
  });

  it("leaves a process alone that only got the recorded id", async () => {
    await start(part("app", serving));
    const state = readRunState(dir);
    const other = identifyProcess(process.pid);
    if (!state || !other) throw new Error("no state");
    writeRunState(dir, {
      ...state,
      supervisor: { pid: 1, startedAt: "never" },
      parts: state.parts.map((each) => ({ ...each, process: { ...other, startedAt: "earlier" } })),
    });
    expect(await stopLeftovers(dir)).toEqual([]);
  });
});
