import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { UserError } from "./user-error.ts";

const prefix = "jobstack:";

/** Jobstack's settings of a Pulumi.<stack>.yaml, by keys without their prefix. Throws a UserError when it cannot be read. */
export function readStackSettings(file: string): Record<string, unknown> {
  const { config = {} } = readStackFile(file);
  const ours = Object.entries(config).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(ours.map(([key, value]) => [key.slice(prefix.length), value]));
}

function readStackFile(file: string): { config?: Record<string, unknown> } {
  try {
    return parse(readFileSync(file, "utf8")) ?? {};
  } catch (cause) {
    throw new UserError(`${file}: ${(cause as Error).message}`, [], { cause });
  }
}
