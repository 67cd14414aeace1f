import { readFileSync, realpathSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { writeFileAtomically } from "../write-file-atomically.ts";

/** Smaller files are shims (mise, asdf, npm) that stay the same while what they run changes. */
const smallestBinaryBytes = 5_000_000;

interface Answer {
  size: number;
  changedAt: number;
  version: string;
}

/**
 * The version that a Pulumi CLI reports, without "v"; undefined when there is none or it does not run. Asking the real
 * binary takes a third of a second, so its answer is kept in `home` for as long as the file stays as it is.
 */
export async function inspectPulumi(
  command: string,
  home: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const file = resolve(command);
  if (file === undefined) return undefined;
  const answers = path.join(home, ".jobstack-cli-versions.json");
  const { size, mtimeMs: changedAt } = statSync(file);
  const known = readAnswers(answers)[file];
  if (known?.size === size && known.changedAt === changedAt) return known.version;
  const version = await askPulumi(command, env);
  if (version !== undefined && size >= smallestBinaryBytes) {
    keep(answers, { ...readAnswers(answers), [file]: { size, changedAt, version } });
  }
  return version;
}

/** Runs the CLI and reads the version it reports; undefined when it does not run. */
export async function askPulumi(command: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const result = await execa(command, ["version"], {
    cwd: os.tmpdir(),
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    timeout: 20_000,
  });
  return result.failed ? undefined : /^v?(\d+\.\d+\.\d+\S*)$/m.exec(result.stdout.trim())?.[1];
}

function resolve(command: string): string | undefined {
  try {
    return realpathSync(command);
  } catch {
    return undefined;
  }
}

function readAnswers(file: string): Record<string, Answer> {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, Answer>;
  } catch {
    return {};
  }
}

/** Only a shortcut: a home folder that cannot be written costs time, nothing else. */
function keep(file: string, answers: Record<string, Answer>): void {
  try {
    writeFileAtomically(file, `${JSON.stringify(answers, null, 2)}\n`);
  } catch {
    return;
  }
}
