import { execa } from "execa";

/** The version of npm; undefined when it does not run. */
export async function npmVersion(): Promise<string | undefined> {
  const { failed, stdout } = await execa("npm", ["--version"], { reject: false });
  return failed ? undefined : stdout.trim();
}

/** Runs `npm install` in a folder; `onOutput` hears what it prints. */
export async function npmInstall(dir: string, onOutput: (text: string) => void): Promise<void> {
  const install = execa("npm", ["install"], { cwd: dir, all: true, reject: false });
  install.all.on("data", (chunk: Buffer) => onOutput(chunk.toString()));
  const { failed, exitCode } = await install;
  if (failed) throw new Error(`npm install ended with exit code ${exitCode}; its output says why`);
}

interface Installed {
  dependencies?: Record<string, Installed & { version?: string }>;
}

/** Names and versions of what is installed for a program, its own dependencies or all of them. */
export async function installedPackages(
  dir: string,
  all: boolean,
): Promise<{ name: string; version: string }[]> {
  // npm fails as well when something optional is missing, and prints the list all the same.
  const { stdout } = await execa("npm", ["ls", "--json", ...(all ? ["--all"] : [])], {
    cwd: dir,
    reject: false,
  });
  return flatten(JSON.parse(stdout || "{}") as Installed);
}

function flatten({ dependencies = {} }: Installed): { name: string; version: string }[] {
  return Object.entries(dependencies).flatMap(([name, installed]) => [
    ...(installed.version === undefined ? [] : [{ name, version: installed.version }]),
    ...flatten(installed),
  ]);
}
