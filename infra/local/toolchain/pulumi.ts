import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../user-error.ts";
import { withFileLock } from "./file-lock.ts";
import { cacheRoot, findPulumi, type PulumiCli, type PulumiPlaces } from "./find-pulumi.ts";
import { askPulumi } from "./inspect-pulumi.ts";
import { isAbort } from "./merge-errors.ts";
import { fitsSdk } from "./pulumi-version.ts";
import type { ToolchainContext } from "./toolchain-context.ts";

/** A way to a CLI. */
export interface PulumiSource {
  name: string;
  /** Writes `root/bin/pulumi`; may use the folder `dir` around `root` meanwhile. */
  make(dir: string, root: string): Promise<void>;
}

/**
 * The Pulumi CLI for the SDK: one that is there, else one from the first source that succeeds, put into Pulumi's own
 * cache, where other clones and tools find it. Two runs side by side make it once. Throws a UserError.
 */
export async function ensurePulumi(
  places: PulumiPlaces,
  sources: readonly PulumiSource[],
  context: ToolchainContext,
): Promise<PulumiCli> {
  const found = await findPulumi(places);
  if (found) return found;
  const target = cacheRoot(places);
  createCache(path.dirname(target));
  return withFileLock(
    `${target}.lock`,
    async () => (await findPulumi(places)) ?? (await install(places, sources, context.signal)),
    {
      onWait: () => context.progress("Pulumi CLI: waiting for another run that is getting it"),
      signal: context.signal,
    },
  );
}

async function install(
  places: PulumiPlaces,
  sources: readonly PulumiSource[],
  signal: AbortSignal | undefined,
): Promise<PulumiCli> {
  removePartials(cacheRoot(places));
  const failures: string[] = [];
  for (const source of sources) {
    try {
      const cli = await installFrom(source, places);
      // Once more: the compiler of a run that was killed may have gone on until now.
      removePartials(cacheRoot(places));
      return cli;
    } catch (error) {
      if (isAbort(error) || signal?.aborted) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      failures.push(`${source.name}: ${reason.replaceAll("\n", "\n    ")}`);
    }
  }
  throw new UserError(
    `pulumi: no CLI that fits; mend one of these, or install version ${places.sdkVersion} or newer and put it on PATH`,
    failures,
  );
}

/** Made aside, tried, and moved in whole: whoever looks into the cache finds a complete CLI or none. */
async function installFrom(source: PulumiSource, places: PulumiPlaces): Promise<PulumiCli> {
  const target = cacheRoot(places);
  const dir = `${target}.partial-${process.pid}`;
  const root = path.join(dir, "root");
  try {
    mkdirSync(root, { recursive: true });
    await source.make(dir, root);
    const version = await askPulumi(path.join(root, "bin/pulumi"), places.env);
    if (version === undefined || !fitsSdk(version, places.sdkVersion)) {
      throw new UserError(`the program it made does not run as version ${places.sdkVersion} or newer`);
    }
    moveAway(target, path.join(dir, "old"));
    renameSync(root, target);
    return { command: path.join(target, "bin/pulumi"), version, root: target };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function moveAway(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function createCache(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    throw new UserError(
      `pulumi: the cache "${dir}" cannot be created (${reason}); set PULUMI_HOME to a folder that can be written`,
      [],
      { cause },
    );
  }
}

/** What a killed run left; the lock says that no other run is at work. */
function removePartials(target: string): void {
  const parent = path.dirname(target);
  const prefix = `${path.basename(target)}.partial-`;
  for (const name of readdirSync(parent)) {
    if (name.startsWith(prefix)) rmSync(path.join(parent, name), { recursive: true, force: true });
  }
}
