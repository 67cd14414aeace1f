// `npm run destroy -- --stack <name>`: removes what a stack made, and nothing else. Tables stay, with their rows.
import { Command } from "commander";
import { destroyStack } from "../deploy/destroy-stack.ts";
import { openTerminal } from "../deploy/terminal.ts";
import { withStack } from "./with-stack.ts";

new Command("destroy")
  .description("Remove what a stack made, and nothing else; tables stay, with their rows.")
  .requiredOption("--stack <name>", "which stack, for instance staging")
  .option("--yes", "do not ask")
  .action(({ stack: name, yes = false }: { stack: string; yes?: boolean }) =>
    withStack(name, async (stack) => {
      await destroyStack(stack, yes, openTerminal());
      return 0;
    }),
  )
  .parseAsync();
