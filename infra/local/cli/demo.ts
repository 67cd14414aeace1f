// `npm run demo`: feeds every system of the running local platform, and says what came of it.
import { Command } from "commander";
import pg from "pg";
import { UserError } from "../../user-error.ts";
import { demos } from "../demo/demos.ts";
import { runDemos } from "../demo/run-demos.ts";
import { validateLocalConfig } from "../deploy/validate-local-config.ts";
import { readPlatformFile } from "../platform-file.ts";
import { readLiveState } from "../supervisor/run-state.ts";
import { locateWorkspace } from "../workspace.ts";
import { reportFailure } from "./report-failure.ts";

new Command("demo")
  .description("Feed every system of the running local platform, and say what came of it.")
  .action(async () => {
    try {
      const workspace = locateWorkspace(process.env);
      if (!readLiveState(workspace.run)) {
        throw new UserError(`no platform runs in ${workspace.dir}; start one with: npm run up -- --detach`);
      }
      const config: Record<string, unknown> = validateLocalConfig();
      const deployed = demos.filter(({ system }) => config[system] !== undefined);
      if (deployed.length === 0) {
        throw new UserError("Pulumi.local.yaml deploys no system; add one, for instance jobstack:story: {}");
      }
      const platform = readPlatformFile(workspace.dir);
      const database = new pg.Pool({
        connectionString: platform.databaseUrl,
        application_name: "jobstack demo",
      });
      const succeeded = await runDemos(deployed, { platform, database, random: Math.random }, console.log);
      await database.end();
      process.exitCode = succeeded ? 0 : 1;
    } catch (error) {
      reportFailure(error);
    }
  })
  .parseAsync();
