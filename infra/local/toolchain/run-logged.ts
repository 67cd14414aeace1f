import { spawn } from "node:child_process";
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { followFile } from "./follow-file.ts";

export interface LoggedRun {
  logFile: string;
  cwd?: string;
  /** The whole environment; this process's own when absent. */
  env?: NodeJS.ProcessEnv;
  /** Hears every line of output. */
  onLine?: (line: string) => void;
  /** Keeps standard output out of the log and returns it. */
  captureStdout?: boolean;
  signal?: AbortSignal | undefined;
}

/** A program ended badly; `output` is what it wrote to the log during this run. */
export class CommandFailedError extends Error {
  readonly output: string;

  constructor(message: string, output: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CommandFailedError";
    this.output = output;
  }

  /** The last lines of the output, for an error message. */
  tail(lines = 12): string[] {
    return this.output
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(-lines);
  }
}

/**
 * Runs a program with its output appended to a log file. Throws CommandFailedError, also when it cannot be started.
 * An aborted `signal` sends SIGTERM and waits for the end, so that the program can clean up.
 *
 * The program writes to the file itself, not through a pipe of this process, whose death it may have to outlive.
 */
export async function runLogged(command: string, args: readonly string[], run: LoggedRun): Promise<string> {
  run.signal?.throwIfAborted();
  mkdirSync(path.dirname(run.logFile), { recursive: true });
  appendFileSync(run.logFile, `$ ${[command, ...args].join(" ")}\n`);
  const offset = statSync(run.logFile).size;
  const descriptor = openSync(run.logFile, "a");
  const stopFollowing = followFile(run.logFile, offset, run.onLine ?? (() => undefined));
  try {
    const { stdout, failure } = await runToEnd(command, args, run, descriptor);
    run.signal?.throwIfAborted();
    if (failure === undefined) return stdout;
    const output = readFileSync(run.logFile).subarray(offset).toString();
    throw new CommandFailedError(`${path.basename(command)} ${failure}`, output);
  } finally {
    stopFollowing();
    closeSync(descriptor);
  }
}

async function runToEnd(
  command: string,
  args: readonly string[],
  { cwd, env, captureStdout, signal }: LoggedRun,
  log: number,
): Promise<{ stdout: string; failure?: string }> {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", captureStdout ? "pipe" : log, log] });
  const stdout = child.stdout ? text(child.stdout) : Promise.resolve("");
  const abort = () => child.kill("SIGTERM");
  signal?.addEventListener("abort", abort);
  try {
    const failure = await new Promise<string | undefined>((resolve) => {
      child.once("error", (error) => resolve(`could not be started: ${error.message}`));
      child.once("close", (code, name) => {
        resolve(code === 0 ? undefined : name ? `was ended by ${name}` : `ended with exit code ${code}`);
      });
    });
    return { stdout: await stdout, ...(failure === undefined ? {} : { failure }) };
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}
