import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { UserError } from "../../user-error.ts";
import { previewStack } from "./preview-stack.ts";
import { runEngine } from "./run-engine.ts";
import type { Terminal } from "./terminal.ts";

/** Shows what would change, asks, unless `yes` says so already, and deploys. */
export async function deployStack(stack: Stack, yes: boolean, terminal: Terminal): Promise<void> {
  const { ask } = terminal;
  if (!yes && ask === undefined) throw nobodyToAsk(stack.name);
  const changed = await previewStack(stack, terminal);
  if (!yes) {
    // Even then it is of use: what is protected stands in the state alone, and is no change to the engine.
    const question = changed ? "Deploy these changes to" : "Nothing would change. Deploy all the same to";
    const answer = await ask?.(`\n${question} "${stack.name}"? [y/N] `);
    if (!/^y(es)?$/i.test(answer?.trim() ?? "")) throw new UserError("not deployed; nothing was changed");
  }
  await runEngine(stack, "the deployment", terminal, (options) => stack.up(options));
}

export function nobodyToAsk(stack: string): UserError {
  return new UserError(
    `stack "${stack}": nobody is here to confirm; look at the preview first, then add --yes`,
  );
}
