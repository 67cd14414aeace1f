import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { UserError } from "../../user-error.ts";
import { nobodyToAsk } from "./deploy-stack.ts";
import { runEngine } from "./run-engine.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Shows what would be removed, asks for the stack's name, unless `yes` says so already, and removes what the stack made.
 * Tables stay with their rows, and so do extensions and schemas that hold something.
 */
export async function destroyStack(stack: Stack, yes: boolean, terminal: Terminal): Promise<void> {
  const { ask } = terminal;
  if (!yes && ask === undefined) throw nobodyToAsk(stack.name);
  await refuseProtected(stack);
  // The program says how the database is reached today; the state may be older than the last change of a password.
  await runEngine(stack, "the preview", terminal, (options) =>
    stack.previewDestroy({ ...options, runProgram: true }),
  );
  if (!yes) {
    const answer = await ask?.(
      `\nRemove all this? Tables keep their rows. Type "${stack.name}" to confirm: `,
    );
    if (answer?.trim() !== stack.name) throw new UserError("not removed; nothing was changed");
  }
  await runEngine(stack, "the removal", terminal, (options) =>
    stack.destroy({ ...options, runProgram: true }),
  );
}

/** Asked first: once an engine was told to go on without a preview, it removes all that it can before it finds out. */
async function refuseProtected(stack: Stack): Promise<void> {
  const { deployment } = await stack.exportStack();
  const resources = (deployment?.resources ?? []) as { urn: string; type: string; protect?: boolean }[];
  const names = resources.filter(({ protect }) => protect).map(nameOf);
  if (names.length === 0) return;
  throw new UserError(
    `stack "${stack.name}": is protected, so nothing was removed; if you mean it, set jobstack:protect to false in ` +
      `Pulumi.${stack.name}.yaml, run "npm run deploy -- --stack ${stack.name}", and then this again; protected are`,
    names,
  );
}

function nameOf({ urn, type }: { urn: string; type: string }): string {
  return `${type.split(":").at(-1)} ${urn.split("::").at(-1)}`;
}
