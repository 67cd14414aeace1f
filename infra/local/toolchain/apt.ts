import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import pRetry from "p-retry";
import { isLockFailure, type PackageState, parseAptStatus, parsePolicy } from "./apt-output.ts";
import { findExecutables } from "./find-executable.ts";
import { relevantPackages } from "./package-plan.ts";
import { CommandFailedError, runLogged } from "./run-logged.ts";
import type { ToolchainContext } from "./toolchain-context.ts";

/** How this user may install packages: "none" also where there is no apt. */
export type InstallRights = "root" | "sudo" | "none";

export const installScript = fileURLToPath(new URL("install-packages.sh", import.meta.url));

const lists = "/var/lib/apt/lists";

export function hasApt(env: NodeJS.ProcessEnv): boolean {
  return ["apt-get", "apt-cache"].every((name) => findExecutables([name], env).length > 0);
}

/** Never asks for a password. */
export async function findInstallRights(env: NodeJS.ProcessEnv): Promise<InstallRights> {
  if (process.getuid?.() === 0) return "root";
  if (findExecutables(["sudo"], env).length === 0) return "none";
  const result = await execa("sudo", ["-n", "true"], {
    env,
    extendEnv: false,
    stdin: "ignore",
    reject: false,
  });
  return result.failed ? "none" : "sudo";
}

/** What apt knows about the packages that a plan may use. */
export async function queryPackages(env: NodeJS.ProcessEnv): Promise<Map<string, PackageState>> {
  const options = { env: { ...env, LC_ALL: "C" }, extendEnv: false, stdin: "ignore" } as const;
  const known = await execa("apt-cache", ["pkgnames", "postgresql-"], { ...options, reject: false });
  const names = relevantPackages(known.stdout.split("\n"));
  const policy = await execa("apt-cache", ["policy", ...names], options);
  return parsePolicy(policy.stdout);
}

/**
 * Milliseconds since the package lists were last fetched; null when there are none. The files carry the archive's
 * dates, only the folders change with every fetch.
 */
export function packageListsAge(): number | null {
  if (!existsSync(lists) || !readdirSync(lists).some((name) => /_Packages/.test(name))) return null;
  const changedAt = [lists, path.join(lists, "partial")].map(
    (dir) => statSync(dir, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  return Date.now() - Math.max(...changedAt);
}

/** Waits up to a minute for another apt that is at work on the lists, as the daily one after a boot. */
export async function refreshPackageLists(rights: InstallRights, context: ToolchainContext): Promise<void> {
  context.progress("refreshing the package lists");
  await pRetry(() => runScript(["refresh"], rights, context), {
    retries: 12,
    factor: 1,
    minTimeout: 5_000,
    shouldRetry: ({ error }) => error instanceof CommandFailedError && isLockFailure(error.output),
  });
}

/** Installs packages without leaving a service; throws CommandFailedError. */
export async function installPackages(
  names: readonly string[],
  rights: InstallRights,
  context: ToolchainContext,
): Promise<void> {
  context.progress(`installing ${names.join(", ")}`);
  await runScript(["install", ...names], rights, context);
}

async function runScript(args: string[], rights: InstallRights, context: ToolchainContext): Promise<void> {
  const [command = "sh", ...rest] = [
    ...(rights === "sudo" ? ["sudo", "-n"] : []),
    "sh",
    installScript,
    ...args,
  ];
  await runLogged(command, rest, {
    cwd: "/",
    env: context.env,
    logFile: path.join(context.logDir, "packages.log"),
    onLine: (line) => {
      const status = parseAptStatus(line);
      if (status !== undefined) context.progress(status);
    },
    signal: context.signal,
  });
}
