import { readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { findExecutables } from "./find-executable.ts";
import { type GoCommand, parseGoVersion } from "./go-version.ts";

/** Every go command of this machine that answers, the one on PATH first. */
export async function findGo(env: NodeJS.ProcessEnv): Promise<GoCommand[]> {
  const found = await Promise.all(
    findExecutables(["go"], env, usualDirs(env)).map((file) => inspectGo(file, env)),
  );
  return found.filter((go) => go !== undefined);
}

/** Debian keeps each release in a folder of its own; the others are where Go's installer and Homebrew put it. */
function usualDirs(env: NodeJS.ProcessEnv): string[] {
  const debian = listDir("/usr/lib").filter((name) => /^go-\d/.test(name));
  const roots = [
    ...debian.map((name) => path.join("/usr/lib", name)),
    "/usr/local/go",
    "/opt/homebrew/opt/go",
  ];
  return [...(env.GOROOT ? [env.GOROOT] : []), ...roots].map((root) => path.join(root, "bin"));
}

/** Outside any module and with its own release only: a go.mod nearby must not make it fetch another one. */
async function inspectGo(file: string, env: NodeJS.ProcessEnv): Promise<GoCommand | undefined> {
  const result = await execa(file, ["version"], {
    cwd: os.tmpdir(),
    env: { ...env, GOTOOLCHAIN: "local", GOWORK: "off" },
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    timeout: 20_000,
  });
  const version = result.failed ? undefined : parseGoVersion(result.stdout);
  return version === undefined ? undefined : { path: file, version };
}

function listDir(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
