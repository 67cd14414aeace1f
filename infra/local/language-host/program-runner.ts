import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import path from "node:path";
import { programArguments, programConfiguration } from "./program-arguments.ts";
import { type LanguageMessages, messages } from "./protocol.ts";
import { readRuntimeOptions } from "./runtime-options.ts";

/** With this code the SDK says that the user has read already why the program failed. */
const EXIT_AFTER_MESSAGE = 32;

/** How long a program may take to end after SIGINT. */
const GRACE_MS = 5_000;

/** Runs Pulumi programs, each in a node process of its own. */
export class ProgramRunner {
  readonly #engineAddress: () => string;
  readonly #running = new Set<ChildProcess>();

  constructor(engineAddress: () => string) {
    this.#engineAddress = engineAddress;
    // This host may be ended at any moment; nothing that it started may outlive it.
    process.on("exit", () => {
      for (const child of this.#running) child.kill("SIGKILL");
    });
  }

  async run(request: LanguageMessages.RunRequest): Promise<LanguageMessages.RunResponse> {
    const response = new messages.RunResponse();
    try {
      const child = this.#start(request);
      const [code, signal] = await once(child, "exit");
      if (code === EXIT_AFTER_MESSAGE) return response.setBail(true);
      if (code === 0) return response;
      const how = signal ? `by signal ${signal}` : `with non-zero exit code: ${code}`;
      return response.setError(`Program exited ${how}`);
    } catch (error) {
      return response.setError((error as Error).message);
    }
  }

  /** Asks every program to end. */
  cancel(): void {
    for (const child of this.#running) {
      child.kill("SIGINT");
      setTimeout(() => child.kill("SIGKILL"), GRACE_MS).unref();
    }
  }

  #start(request: LanguageMessages.RunRequest): ChildProcess {
    if (request.getAttachDebugger()) {
      throw new Error(
        "this stand-in cannot attach a debugger; use an official Pulumi install, or drop --attach-debugger",
      );
    }
    const { nodeArgs, env } = readRuntimeOptions(request.getInfo());
    const runner = findRunner(request.getInfo()?.getProgramDirectory() ?? process.cwd());
    const child = spawn(
      process.execPath,
      [...nodeArgs, runner, ...programArguments(request, this.#engineAddress())],
      {
        env: { ...process.env, ...env, ...programConfiguration(request) },
        stdio: ["ignore", "inherit", "inherit"],
      },
    );
    this.#running.add(child);
    child.once("exit", () => this.#running.delete(child));
    return child;
  }
}

/** The SDK that the program itself uses. */
function findRunner(programDirectory: string): string {
  try {
    return createRequire(path.join(programDirectory, "program")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    throw new Error("It looks like the Pulumi SDK has not been installed. Have you run pulumi install?");
  }
}
