import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { parseConfig, type StackConfig } from "../../config.ts";
import { UserError } from "../../user-error.ts";
import { projectRoot } from "../workspace.ts";

/** Reads and checks Pulumi.local.yaml before anything is started or touched. Throws a UserError with all its problems. */
export function validateLocalConfig(): StackConfig {
  const file = path.join(projectRoot, "Pulumi.local.yaml");
  const { config = {} } = readStackFile(file);
  const settings = Object.entries(config).filter(([key]) => key.startsWith("jobstack:"));
  return parseConfig(
    "local",
    Object.fromEntries(settings.map(([key, value]) => [key.slice("jobstack:".length), value])),
  );
}

function readStackFile(file: string): { config?: Record<string, unknown> } {
  try {
    return parse(readFileSync(file, "utf8")) ?? {};
  } catch (cause) {
    throw new UserError(`${file}: ${(cause as Error).message}`, [], { cause });
  }
}
