import path from "node:path";
import { parseConfig, type StackConfig } from "../../config.ts";
import { readStackSettings } from "../../stack-file.ts";
import { projectRoot } from "../workspace.ts";

/** Reads and checks Pulumi.local.yaml before anything is started or touched. Throws a UserError with all its problems. */
export function validateLocalConfig(): StackConfig {
  return parseConfig("local", readStackSettings(path.join(projectRoot, "Pulumi.local.yaml")));
}
