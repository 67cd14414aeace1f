// `npm run deploy -- --stack <name>`: shows what would change, asks, and deploys. `npm run up` does so for `local`.
import { Command } from "commander";
import { deployStack } from "../deploy/deploy-stack.ts";
import { openTerminal } from "../deploy/terminal.ts";
import { withStack } from "./with-stack.ts";

new Command("deploy")
  .description("Show what would change in a stack, ask, and deploy it.")
  .requiredOption("--stack <name>", "which stack, for instance staging")
  .option("--yes", "do not ask")
  .action(({ stack: name, yes = false }: { stack: string; yes?: boolean }) =>
    withStack(name, async (stack) => {
      await deployStack(stack, yes, openTerminal());
      return 0;
    }),
  )
  .parseAsync();
