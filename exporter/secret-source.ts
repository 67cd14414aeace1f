import { readFileSync } from "node:fs";
import path from "node:path";

/** Where secrets are looked for. */
export interface SecretPlaces {
  env: Readonly<Record<string, string | undefined>>;
  /** Relative paths of files begin here. */
  folder: string;
}

/** A secret, or what is wrong with the setting that should lead to it; a problem never shows a value. */
export type SecretResult = { key: string; value: string } | { key: string; problem: string };

/**
 * Reads a secret that a part of the configuration names in exactly one of the ways of `keys`: a key that ends in File
 * names a file, one that ends in Env a variable, any other holds the secret itself. `ways` is what to tell the user.
 */
export function readSecret(
  part: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  places: SecretPlaces,
  ways = keys.join(", "),
): SecretResult {
  const [key, ...more] = keys.filter((name) => part[name] !== undefined);
  if (key === undefined) return { key: keys[0] ?? "", problem: `missing; write exactly one of: ${ways}` };
  if (more.length > 0) return { key, problem: `given in more than one way; write exactly one of: ${ways}` };
  const source = String(part[key]);
  if (key.endsWith("File")) return { key, ...fromFile(source, places.folder) };
  if (key.endsWith("Env")) return { key, ...fromVariable(source, places.env) };
  return { key, value: source };
}

function fromFile(file: string, folder: string): { value: string } | { problem: string } {
  try {
    const value = readFileSync(path.resolve(folder, file), "utf8").trim();
    return value === "" ? { problem: `file "${file}" is empty; write the secret into it` } : { value };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    return { problem: `file "${file}" cannot be read (${code}); write the path of a readable file` };
  }
}

function fromVariable(name: string, env: SecretPlaces["env"]): { value: string } | { problem: string } {
  const value = env[name]?.trim();
  return value ? { value } : { problem: `variable "${name}" is not set; set it to the secret` };
}
