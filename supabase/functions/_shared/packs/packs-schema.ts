import type { EnvironmentNames } from "../environment-names.ts";
import { systemSchema } from "../system-schema.ts";

/** The schema of an environment's packs system, as SQL writes it. */
export function packsSchema(env: { get(name: string): string | undefined }, names: EnvironmentNames): string {
  return systemSchema(env, names.secret("PACKS_SCHEMA"), names.schema("packs"));
}
