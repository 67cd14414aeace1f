import type { EnvironmentNames } from "../environment-names.ts";
import { systemSchema } from "../system-schema.ts";

/** The schema of an environment's flashcards system, as SQL writes it. */
export function flashcardsSchema(
  env: { get(name: string): string | undefined },
  names: EnvironmentNames,
): string {
  return systemSchema(env, names.secret("FLASHCARDS_SCHEMA"), names.schema("flashcards"));
}
