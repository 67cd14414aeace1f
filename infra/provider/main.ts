import { packageVersion } from "../package-root.ts";
import { describeCrash } from "./kernel/describe-crash.ts";
import { connectEngineLog } from "./kernel/engine-log.ts";
import { exitWithParent } from "./kernel/exit-with-parent.ts";
import { serveProvider } from "./kernel/server.ts";
import { resources } from "./resources.ts";

process.on("uncaughtException", (error) => {
  console.error(describeCrash(error));
  process.exit(1);
});
exitWithParent();
// Pulumi starts the provider with the engine's address as the only argument and reads the port from standard output,
// where nothing else may appear.
const log = connectEngineLog(process.argv[2]);
const port = await serveProvider({ name: "jobstack", version: packageVersion(), resources }, log);
process.stdout.write(`${port}\n`);
