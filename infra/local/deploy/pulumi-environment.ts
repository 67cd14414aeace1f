import { pathToFileURL } from "node:url";
import type { Workspace } from "../workspace.ts";

/**
 * The variables under which Pulumi finds the `local` stack.
 * The passphrase is no secret: the state lies in a folder that is closed to other users, beside the credentials themselves.
 * A known one lets the salt stand in the committed Pulumi.local.yaml, so that no deployment edits that file.
 */
export function pulumiEnvironment(workspace: Workspace): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: pathToFileURL(workspace.pulumi).href,
    PULUMI_CONFIG_PASSPHRASE: "jobstack-local",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    JOBSTACK_DIR: workspace.dir,
  };
}
