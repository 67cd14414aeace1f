import type { EnvironmentNames } from "../environment-names.ts";
import { systemSchema } from "../system-schema.ts";

/** The schema of an environment's story system, as SQL writes it. */
export function storySchema(env: { get(name: string): string | undefined }, names: EnvironmentNames): string {
  return systemSchema(env, names.secret("STORY_SCHEMA"), names.schema("story"));
}
