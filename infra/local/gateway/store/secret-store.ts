import { createHash } from "node:crypto";
import path from "node:path";
import { z } from "zod";
import { StateFile } from "./state-file.ts";

const secretsSchema = z.record(z.string(), z.object({ value: z.string(), updated_at: z.string() }));

export type Secrets = z.infer<typeof secretsSchema>;

/** The secrets of the project's functions, in a file that only its owner can read. */
export class SecretStore {
  readonly #file: StateFile<Secrets>;

  constructor(directory: string) {
    this.#file = new StateFile({
      path: path.join(directory, "secrets.json"),
      schema: secretsSchema,
      initial: {},
    });
  }

  list(): Secrets {
    return this.#file.value;
  }

  /** Returns whether anything changed: the same value again does not count. */
  set(entries: { name: string; value: string }[]): boolean {
    const current = this.#file.value;
    const changed = entries.filter(({ name, value }) => current[name]?.value !== value);
    if (changed.length === 0) return false;
    const updated_at = new Date().toISOString();
    const secrets = changed.map(({ name, value }) => [name, { value, updated_at }] as const);
    return this.#file.replace({ ...current, ...Object.fromEntries(secrets) });
  }

  /** Names that are not set are passed over, as Supabase does. Returns whether anything changed. */
  remove(names: string[]): boolean {
    const kept = Object.entries(this.#file.value).filter(([name]) => !names.includes(name));
    if (kept.length === Object.keys(this.#file.value).length) return false;
    return this.#file.replace(Object.fromEntries(kept));
  }
}

/** What the API shows instead of a secret's value: lower-case SHA-256 hex. */
export function secretDigest(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}
