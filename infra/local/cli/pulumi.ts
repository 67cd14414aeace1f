// `npm run pulumi -- <arguments>`: the Pulumi CLI that the other commands use, wherever it is, for `login`, `stack init`
// and `config set`. The backend, the login and the passphrase are the user's.
import { spawnSync } from "node:child_process";
import { ensureToolchain } from "../toolchain/ensure-toolchain.ts";
import { createWorkspace, locateWorkspace, projectRoot } from "../workspace.ts";
import { reportFailure } from "./report-failure.ts";
import { throttleProgress } from "./throttle-progress.ts";

const workspace = locateWorkspace(process.env);
try {
  createWorkspace(workspace);
  const { pulumi } = await ensureToolchain({
    needPostgres: false,
    needMonitoring: false,
    logDir: workspace.logs,
    progress: throttleProgress(console.error),
  });
  const { status, error } = spawnSync(pulumi.command, process.argv.slice(2), {
    cwd: projectRoot,
    stdio: "inherit",
  });
  if (error) throw error;
  process.exit(status ?? 1);
} catch (error) {
  reportFailure(error);
}
