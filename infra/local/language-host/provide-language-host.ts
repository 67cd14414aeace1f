import { chmodSync, linkSync, mkdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { findExecutables, isExecutable } from "../toolchain/find-executable.ts";
import type { PulumiCli } from "../toolchain/find-pulumi.ts";
import { writeFileAtomically } from "../write-file-atomically.ts";

const PROGRAM = "pulumi-language-nodejs";
const standIn = fileURLToPath(new URL(`bin/${PROGRAM}`, import.meta.url));

/**
 * The folder to put first on PATH, so that `pulumi` is this CLI and finds a Node language host: the official one where
 * there is one, else the stand-in, in `dir`.
 */
export function provideLanguageHost(dir: string, cli: PulumiCli, env: NodeJS.ProcessEnv): string {
  const found = path.dirname(cli.command);
  if (found === dir || hasOfficialHost(cli.command, dir, env)) return found;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  link(realpathSync(cli.command), path.join(dir, "pulumi"));
  // A file and not a link: the stand-in finds its project by where it lies.
  const host = path.join(dir, PROGRAM);
  writeFileAtomically(host, `#!/bin/sh\nexec '${standIn.replaceAll("'", "'\\''")}' "$@"\n`);
  chmodSync(host, 0o700);
  return dir;
}

/** Beside the CLI, or anywhere on PATH: the CLI takes either. */
function hasOfficialHost(command: string, dir: string, env: NodeJS.ProcessEnv): boolean {
  const ours = [standIn, path.join(dir, PROGRAM)];
  const beside = path.join(path.dirname(realpathSync(command)), PROGRAM);
  return isExecutable(beside) || findExecutables([PROGRAM], env).some((file) => !ours.includes(file));
}

/** The CLI resolves links to itself and then looks beside the file; what it finds on PATH only, it warns about. */
function link(program: string, as: string): void {
  rmSync(as, { force: true });
  try {
    linkSync(program, as);
  } catch {
    // Another file system, or one that may not be linked to.
    symlinkSync(program, as);
  }
}
