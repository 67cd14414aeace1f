import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { writeFileAtomically } from "../write-file-atomically.ts";
import { isRunning } from "./process-identity.ts";

const identity = z.object({ pid: z.number(), startedAt: z.string() });

const partState = z.object({
  name: z.string(),
  state: z.enum(["waiting", "starting", "running", "failed", "blocked", "stopped"]),
  url: z.string().optional(),
  log: z.string(),
  process: identity.optional(),
  stopSignal: z.enum(["SIGTERM", "SIGINT"]).default("SIGTERM"),
  /** Why it failed, or what it is blocked by. */
  reason: z.string().optional(),
});

const schema = z.object({
  supervisor: identity,
  ports: z.record(z.string(), z.number()),
  parts: z.array(partState),
});

export type PartState = z.infer<typeof partState>;

/** What the supervisor writes after every change, and everyone else reads. */
export type RunState = z.infer<typeof schema>;

const fileOf = (runDir: string) => path.join(runDir, "state.json");

/** Null when no platform was ever started here, or the file is unreadable. */
export function readRunState(runDir: string): RunState | null {
  try {
    return schema.parse(JSON.parse(readFileSync(fileOf(runDir), "utf8")));
  } catch {
    return null;
  }
}

export function writeRunState(runDir: string, state: RunState): void {
  writeFileAtomically(fileOf(runDir), `${JSON.stringify(state, null, 2)}\n`);
}

/** The state of a supervisor that runs now. */
export function readLiveState(runDir: string): RunState | null {
  const state = readRunState(runDir);
  return state && isRunning(state.supervisor) ? state : null;
}
