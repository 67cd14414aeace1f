import { pathToFileURL } from "node:url";
import type { Workspace } from "../workspace.ts";

/**
 * The engine replaces each of its files as a whole. The attributes that it puts beside them it writes in place: killed in
 * the middle of that, it leaves an empty file and cannot read its state any more. Nothing needs them, so none are written.
 */
const wholeFilesOnly = "metadata=skip";

/**
 * The variables under which Pulumi finds the `local` stack.
 * The passphrase is no secret: the state lies in a folder that is closed to other users, beside the credentials themselves.
 * A known one lets the salt stand in the committed Pulumi.local.yaml, so that no deployment edits that file.
 */
export function pulumiEnvironment(workspace: Workspace): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `${pathToFileURL(workspace.pulumi).href}?${wholeFilesOnly}`,
    PULUMI_CONFIG_PASSPHRASE: "jobstack-local",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    JOBSTACK_DIR: workspace.dir,
  };
}
