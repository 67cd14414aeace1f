import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

/** All programs of these names on PATH, then in the further folders; the names in order of preference. */
export function findExecutables(
  names: readonly string[],
  env: NodeJS.ProcessEnv,
  further: readonly string[] = [],
): string[] {
  const onPath = (env.PATH ?? "").split(path.delimiter).filter(path.isAbsolute);
  const dirs = [...new Set([...onPath, ...further])];
  return names.flatMap((name) => dirs.map((dir) => path.join(dir, name))).filter(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
