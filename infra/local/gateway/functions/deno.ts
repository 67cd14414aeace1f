import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** Code that every function process runs first. */
export const preloadModule = path.join(import.meta.dirname, "..", "preload.ts");

interface DenoInstall {
  /** Links the native binary on its first use, as the npm package's own command does. */
  runInstall(): string;
}

let command: string[] | undefined;

/**
 * The words that run Deno: the native binary of the npm package, whose own command would put a Node process in between,
 * and before it what lets the kernel kill it together with this process, even in an endless loop. Where the system has
 * no `setpriv`, a function's process notices by its closed stdin.
 */
export function denoCommand(): string[] {
  command ??= [...dieWithParent(), denoBinary()];
  return command;
}

function denoBinary(): string {
  const install = createRequire(import.meta.url)("deno/install_api.cjs") as DenoInstall;
  return install.runInstall();
}

function dieWithParent(): string[] {
  const setpriv = ["/usr/bin/setpriv", "/bin/setpriv"].find((file) => existsSync(file));
  if (setpriv === undefined) return [];
  const options = ["--pdeathsig", "KILL", "--"];
  const trial = spawnSync(setpriv, [...options, "/bin/true"]);
  return trial.status === 0 ? [setpriv, ...options] : [];
}
