// `npm run down`: stops the local environment and keeps its data; with --purge, removes that too.
import { Command } from "commander";
import { locateWorkspace } from "../workspace.ts";
import { purge } from "./purge.ts";
import { reportFailure } from "./report-failure.ts";
import { takeDown } from "./take-down.ts";

new Command("down")
  .description("Stop the local environment.")
  .option("--purge", "remove its data as well: database, deployed functions, stack state, credentials")
  .action(async (options: { purge?: boolean }) => {
    const workspace = locateWorkspace(process.env);
    try {
      const stopped = await takeDown(workspace);
      console.log(stopped ? "Stopped." : "Nothing was running.");
      if (options.purge) {
        await purge(workspace);
        console.log(`Removed ${workspace.dir}.`);
      }
    } catch (error) {
      reportFailure(error);
    }
  })
  .parseAsync();
