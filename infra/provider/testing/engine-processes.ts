import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const EXECUTABLE = fileURLToPath(new URL("../bin/pulumi-resource-jobstack", import.meta.url));
const NOTES = "provider-pids";

/** A folder with the provider as a plugin that notes its process id before it starts. */
export function notingPlugin(directory: string): string {
  const folder = path.join(directory, "plugin");
  mkdirSync(folder);
  writeFileSync(
    path.join(folder, "pulumi-resource-jobstack"),
    `#!/bin/sh\necho $$ >> '${path.join(directory, NOTES)}'\nexec '${EXECUTABLE}' "$@"\n`,
    { mode: 0o755 },
  );
  return folder;
}

/** The processes of one operation of a stack's engine, to be looked at or killed. */
export class EngineProcesses {
  readonly #directory: string;
  readonly #locks: string;

  /** To be made before the operation begins: old notes may name processes of others by now. */
  constructor(directory: string, stackName: string) {
    this.#directory = directory;
    this.#locks = path.join(directory, ".pulumi/locks/organization/test", stackName);
    rmSync(path.join(directory, NOTES), { force: true });
  }

  /** The engine writes its process id into the lock that it holds. */
  get engine(): number {
    const [lock] = readdirSync(this.#locks);
    return JSON.parse(readFileSync(path.join(this.#locks, lock ?? ""), "utf8")).pid;
  }

  get providers(): number[] {
    const notes = readFileSync(path.join(this.#directory, NOTES), "utf8").trim().split("\n").map(Number);
    return notes.filter(isAlive);
  }

  /** Asks the engine to end, as whoever stops a container or a pipeline does. */
  terminateEngine(): void {
    process.kill(this.engine, "SIGTERM");
  }

  /** Kills them as a machine that runs out of memory does, and waits until they are gone. */
  async kill(...victims: ("engine" | "provider")[]): Promise<void> {
    const { engine, providers } = this;
    if (victims.includes("engine")) process.kill(engine, "SIGKILL");
    if (victims.includes("provider")) for (const pid of providers) process.kill(pid, "SIGKILL");
    // A provider whose engine is gone ends by itself.
    await expect.poll(() => providers.filter(isAlive), { timeout: 30_000, interval: 20 }).toEqual([]);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
