// `npm run preview`: what the next `npm run up` would change, drift included. Changes nothing.
import { Command } from "commander";
import { openLocalStack } from "../deploy/open-local-stack.ts";
import { readPlatformFile } from "../platform-file.ts";
import { ensureToolchain } from "../toolchain/ensure-toolchain.ts";
import { locateWorkspace } from "../workspace.ts";
import { reportFailure } from "./report-failure.ts";
import { throttleProgress } from "./throttle-progress.ts";

new Command("preview")
  .description("Show what the next `npm run up` would change in the local environment, drift included.")
  .action(async () => {
    const workspace = locateWorkspace(process.env);
    try {
      readPlatformFile(workspace.dir);
      const { pulumi } = await ensureToolchain({
        needPostgres: false,
        needMonitoring: false,
        logDir: workspace.logs,
        progress: throttleProgress(console.log),
      });
      const stack = await openLocalStack(workspace, pulumi);
      await stack.preview({ diff: true, onOutput: (text) => process.stdout.write(text) });
    } catch (error) {
      reportFailure(error);
    }
  })
  .parseAsync();
