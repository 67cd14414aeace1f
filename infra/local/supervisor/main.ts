// The supervisor: the one background process of a local platform. It starts the parts and stays until SIGTERM.
import { UserError } from "../../user-error.ts";
import { validateLocalConfig } from "../deploy/validate-local-config.ts";
import { readPlatformFile } from "../platform-file.ts";
import { loadSettings } from "../settings.ts";
import { locateWorkspace } from "../workspace.ts";
import { stopLeftovers } from "./leftovers.ts";
import type { Programs } from "./monitoring-parts.ts";
import { declareParts } from "./parts.ts";
import { Supervisor } from "./supervise.ts";

try {
  const settings = loadSettings(process.env);
  const workspace = locateWorkspace(process.env);
  await stopLeftovers(workspace.run);
  const parts = declareParts({
    workspace,
    settings,
    platform: readPlatformFile(workspace.dir),
    programs: JSON.parse(process.argv[2] ?? "") as Programs,
    alerts: validateLocalConfig().alerts,
  });
  const supervisor = new Supervisor(parts, workspace.run, settings.ports);

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await supervisor.stop();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  // Parts and timers come and go; only a signal ends the supervisor.
  setInterval(() => {}, 1 << 30);
  await supervisor.start();
} catch (error) {
  console.error(error instanceof UserError ? error.message : error);
  process.exit(1);
}
