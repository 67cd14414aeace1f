import { setTimeout as delay } from "node:timers/promises";
import type { Part } from "./part.ts";
import { identifyProcess } from "./process-identity.ts";
import { type PartState, type RunState, writeRunState } from "./run-state.ts";

/** Starts parts as soon as those they wait for serve, keeps the state file true, and stops them in reverse order. */
export class Supervisor {
  readonly #parts: readonly Part[];
  readonly #runDir: string;
  readonly #state: RunState;
  #stopping = false;

  constructor(parts: readonly Part[], runDir: string, ports: Record<string, number>) {
    this.#parts = parts;
    this.#runDir = runDir;
    const self = identifyProcess(process.pid);
    if (!self) throw new Error("cannot read the start time of this process");
    this.#state = {
      supervisor: self,
      ports,
      parts: parts.map(({ name, url, log, stopSignal = "SIGTERM" }) => ({
        name,
        log,
        stopSignal,
        state: "waiting",
        ...(url ? { url } : {}),
      })),
    };
    this.#save();
  }

  /** Resolves when every part serves, failed, or is blocked by one that failed. */
  async start(): Promise<void> {
    await Promise.all(this.#parts.map((part) => this.#startOne(part)));
  }

  /** Also while parts are starting: those that wait are not started any more. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const part of this.#parts.toReversed()) {
      const state = this.#of(part.name);
      await part.stop();
      if (state.state === "running") this.#set(part.name, { state: "stopped", process: undefined });
    }
  }

  async #startOne(part: Part): Promise<void> {
    if (!(await this.#predecessorsServe(part))) {
      this.#set(part.name, { state: "blocked", reason: `waits for ${part.after.join(" and ")}` });
      return;
    }
    if (this.#stopping) return;
    this.#set(part.name, { state: "starting" });
    try {
      const pid = await part.start((reason) => this.#set(part.name, { state: "failed", reason }));
      this.#set(part.name, { state: "running", process: identifyProcess(pid) ?? undefined });
    } catch (error) {
      // Its first line: what follows is the end of the log, which whoever shows the reason shows as well.
      const [reason = ""] = (error as Error).message.split("\n");
      this.#set(part.name, { state: "failed", reason: reason.replace(`${part.name}: `, "") });
    }
  }

  async #predecessorsServe(part: Part): Promise<boolean> {
    for (;;) {
      const states = part.after.map((name) => this.#of(name).state);
      if (states.includes("failed") || states.includes("blocked") || this.#stopping) return false;
      if (states.every((state) => state === "running")) return true;
      await delay(10);
    }
  }

  #of(name: string): PartState {
    const state = this.#state.parts.find((part) => part.name === name);
    if (!state) throw new Error(`part "${name}": waited for by another, but not declared`);
    return state;
  }

  #set(name: string, change: Partial<Record<keyof PartState, unknown>>): void {
    Object.assign(this.#of(name), change);
    this.#save();
  }

  #save(): void {
    writeRunState(this.#runDir, this.#state);
  }
}
