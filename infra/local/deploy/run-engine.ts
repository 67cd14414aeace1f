import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { UserError } from "../../user-error.ts";
import { explainPulumiError } from "./explain-pulumi-error.ts";
import type { Terminal } from "./terminal.ts";

export interface EngineOptions {
  color: "always" | "never";
  diff: true;
  onOutput(text: string): void;
  onError(text: string): void;
}

/** Lets the engine speak for itself; of a failure, which it has told already, only what to do about it is added. */
export async function runEngine<Result>(
  stack: Stack,
  what: string,
  terminal: Terminal,
  run: (options: EngineOptions) => Promise<Result>,
): Promise<Result> {
  try {
    return await run({
      color: terminal.color ? "always" : "never",
      diff: true,
      onOutput: terminal.write,
      onError: terminal.writeError,
    });
  } catch (error) {
    const explained = explainPulumiError(error, stack.name, process.env);
    throw (
      explained ?? new UserError(`stack "${stack.name}": ${what} failed; see above`, [], { cause: error })
    );
  }
}
