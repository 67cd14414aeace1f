// `npm run preview`: what the next deployment of a stack would change, drift included. Changes nothing.
import { Command } from "commander";
import { previewStack } from "../deploy/preview-stack.ts";
import { openTerminal } from "../deploy/terminal.ts";
import { withStack } from "./with-stack.ts";

new Command("preview")
  .description("Show what the next deployment of a stack would change, drift included.")
  .option("--stack <name>", "which stack", "local")
  .option("--expect-no-changes", "end with exit code 2 if there is anything to change")
  .action(({ stack: name, expectNoChanges }: { stack: string; expectNoChanges?: boolean }) =>
    withStack(name, async (stack) => {
      const changed = await previewStack(stack, openTerminal());
      return changed && expectNoChanges ? 2 : 0;
    }),
  )
  .parseAsync();
