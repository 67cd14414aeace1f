import path from "node:path";
import { findExecutables, isExecutable } from "./find-executable.ts";
import { inspectPulumi } from "./inspect-pulumi.ts";
import { fitsSdk } from "./pulumi-version.ts";

/** A Pulumi CLI that fits the SDK. */
export interface PulumiCli {
  /** Absolute path of the program. */
  command: string;
  /** For instance "3.248.0". */
  version: string;
  /** For `PulumiCommand.get({root})`: the folder above `bin/`. Null when it is simply the first one on PATH. */
  root: string | null;
}

export interface PulumiPlaces {
  /** Version of the SDK, for instance "3.248.0". */
  sdkVersion: string;
  /** Pulumi's own folder: PULUMI_HOME or ~/.pulumi. */
  home: string;
  env: NodeJS.ProcessEnv;
}

/** The folder in which every tool of Pulumi looks for the CLI of this version. */
export function cacheRoot({ home, sdkVersion }: PulumiPlaces): string {
  return path.join(home, "versions", sdkVersion);
}

/** A CLI that fits and runs: on PATH, where the official installer puts it, or in the cache. */
export async function findPulumi(places: PulumiPlaces): Promise<PulumiCli | undefined> {
  const onPath = findExecutables(["pulumi"], places.env);
  const installed = [path.join(places.home, "bin/pulumi"), path.join(cacheRoot(places), "bin/pulumi")];
  for (const command of new Set([...onPath, ...installed])) {
    const root = rootOf(command, onPath[0]);
    if (root === undefined || !isExecutable(command)) continue;
    const version = await inspectPulumi(command, places.home, places.env);
    if (version !== undefined && fitsSdk(version, places.sdkVersion)) return { command, version, root };
  }
  return undefined;
}

/** Undefined for a CLI that the Automation API cannot be pointed at: neither first on PATH nor in a `bin` folder. */
function rootOf(command: string, firstOnPath: string | undefined): string | null | undefined {
  if (command === firstOnPath) return null;
  const dir = path.dirname(command);
  return path.basename(dir) === "bin" ? path.dirname(dir) : undefined;
}
