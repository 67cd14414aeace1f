import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../user-error.ts";
import { findBusyPorts } from "../busy-ports.ts";
import { ensurePlatform } from "../ensure-platform.ts";
import type { Settings } from "../settings.ts";
import { lastLines } from "../supervisor/last-lines.ts";
import { stopLeftovers } from "../supervisor/leftovers.ts";
import type { Programs } from "../supervisor/monitoring-parts.ts";
import { identifyProcess, isRunning } from "../supervisor/process-identity.ts";
import { type PartState, type RunState, readLiveState } from "../supervisor/run-state.ts";
import { stopProcess } from "../supervisor/stop-process.ts";
import { projectRoot, type Workspace } from "../workspace.ts";
import { takeDown } from "./take-down.ts";

interface Listener {
  /** Hears one line per step. */
  say: (line: string) => void;
  /** Gives up starting. */
  signal: AbortSignal;
}

/** Makes sure that every part runs; a platform with a failed part is started anew. */
export async function startPlatform(
  workspace: Workspace,
  settings: Settings,
  programs: Programs,
  { say, signal }: Listener,
): Promise<RunState> {
  const live = readLiveState(workspace.run);
  if (live && isHealthy(live)) {
    refuseOtherSettings(live, settings);
    return live;
  }
  if (live) {
    say("stopping what is left of the last run");
    await takeDown(workspace);
  }
  await stopLeftovers(workspace.run);
  await refuseBusyPorts(settings);
  ensurePlatform(workspace, settings);
  return launch(workspace, programs, { say, signal });
}

const settled: PartState["state"][] = ["running", "failed", "blocked"];
const isHealthy = (state: RunState) => state.parts.every((part) => part.state === "running");

/** A running platform is not moved to other ports or another database behind its back. */
function refuseOtherSettings(live: RunState, settings: Settings): void {
  const ports = Object.entries(settings.ports).some(([service, port]) => live.ports[service] !== port);
  const embedded = live.parts.some(({ name }) => name === "postgres");
  if (!ports && embedded === (settings.databaseUrl === undefined)) return;
  const what = ports ? "other ports" : embedded ? "its own database" : "the database of another DATABASE_URL";
  throw new UserError(
    `this platform runs with ${what}; run "npm run down" first, or set the same variables again`,
  );
}

async function refuseBusyPorts(settings: Settings): Promise<void> {
  const busy = await findBusyPorts(settings);
  if (busy.length > 0) throw new UserError("ports are in use", busy);
}

async function launch(
  workspace: Workspace,
  programs: Programs,
  { say, signal }: Listener,
): Promise<RunState> {
  const logFile = path.join(workspace.logs, "supervisor.log");
  const log = openSync(logFile, "a", 0o600);
  const main = path.join(projectRoot, "infra/local/supervisor/main.ts");
  const child = spawn(process.execPath, ["--import", "tsx", main, JSON.stringify(programs)], {
    cwd: projectRoot,
    env: { ...process.env, JOBSTACK_DIR: workspace.dir },
    // Its own session: Ctrl-C in the terminal is for `up`, which then stops the parts in good order.
    detached: true,
    stdio: ["ignore", log, log],
  });
  child.unref();
  const identity = child.pid === undefined ? null : identifyProcess(child.pid);
  const said = new Set<string>();
  while (identity && isRunning(identity)) {
    if (signal.aborted) await stopProcess(identity, 60_000);
    const state = readLiveState(workspace.run);
    if (state?.supervisor.pid === identity.pid) {
      for (const part of state.parts.filter(({ state }) => state === "running")) {
        if (!said.has(part.name)) say(`${part.name} runs${part.url ? ` at ${part.url}` : ""}`);
        said.add(part.name);
      }
      if (isHealthy(state)) return state;
      if (state.parts.every(({ state }) => settled.includes(state))) refuseFailed(state);
    }
    await delay(50);
  }
  throw new UserError(`the supervisor ended; the last lines of ${logFile}`, lastLines(logFile, 15));
}

function refuseFailed(state: RunState): never {
  const failed = state.parts.filter((part) => part.state === "failed");
  const problems = failed.map((part) =>
    [`${part.name}: ${part.reason}; the end of ${part.log}:`, ...lastLines(part.log, 10)].join("\n      "),
  );
  throw new UserError('parts of the platform did not start; mend this and run "npm run up" again', problems);
}
