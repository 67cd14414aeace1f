import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../user-error.ts";
import { projectRoot } from "../workspace.ts";
import { CommandFailedError } from "./run-logged.ts";
import { runWhileGrowing } from "./run-while-growing.ts";
import type { ToolchainContext } from "./toolchain-context.ts";

/** The first answer of the download servers comes within a second; a network that drops packets gives none at all. */
const stallMs = 8_000;

const installer = fileURLToPath(new URL("pulumi-installer.ts", import.meta.url));

/**
 * The official download of the CLI that belongs to the SDK, as `root/bin/pulumi`; `dir` is the folder around `root`.
 * Throws when it cannot be had, within seconds where the servers cannot be reached.
 */
export async function downloadPulumi(dir: string, root: string, context: ToolchainContext): Promise<void> {
  const temporary = path.join(dir, "download");
  mkdirSync(temporary, { recursive: true });
  context.progress("downloading the Pulumi CLI");
  try {
    await runWhileGrowing(process.execPath, ["--import", "tsx", installer, root], {
      cwd: projectRoot,
      env: { ...context.env, TMPDIR: temporary },
      logFile: path.join(context.logDir, "pulumi.log"),
      dir,
      stallMs,
      onGrowth: (bytes) => {
        if (bytes > 1_000_000)
          context.progress(`downloading the Pulumi CLI: ${Math.round(bytes / 1_000_000)} MB`);
      },
      signal: context.signal,
    });
  } catch (cause) {
    if (!(cause instanceof CommandFailedError)) throw cause;
    throw new UserError(cause.tail(1)[0] ?? cause.message, [], { cause });
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
