import { chmodSync, copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { UserError } from "../../user-error.ts";
import type { GoCommand } from "./go-version.ts";
import { CommandFailedError, runLogged } from "./run-logged.ts";

export interface GoToolchainRequest {
  /** Any go that can download modules. */
  go: GoCommand;
  /** The release to fetch, for instance "1.25.11". */
  version: string;
  /** Go's name of this machine, for instance "linux-amd64". */
  platform: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
  signal?: AbortSignal | undefined;
}

/**
 * Fetches a Go release as the module golang.org/toolchain into go's module cache; at once when it is there already.
 * go checks it against the checksum database. Works with a go that knows nothing of toolchains (before 1.21), so what
 * newer ones do after such a download is done here: modules hold neither execute bits nor go.mod files in sub-folders.
 */
export async function fetchGoToolchain(request: GoToolchainRequest): Promise<GoCommand> {
  const dir = await downloadModule(request);
  makeExecutable(path.join(dir, "bin"));
  for (const tools of readdirSync(path.join(dir, "pkg/tool")))
    makeExecutable(path.join(dir, "pkg/tool", tools));
  restoreGoMod(path.join(dir, "src/cmd"));
  restoreGoMod(path.join(dir, "src"));
  return { path: path.join(dir, "bin/go"), version: request.version };
}

async function downloadModule({
  go,
  version,
  platform,
  env,
  logFile,
  signal,
}: GoToolchainRequest): Promise<string> {
  const outsideAnyModule = mkdtempSync(path.join(os.tmpdir(), "jobstack-go-"));
  try {
    const args = ["mod", "download", "-json", `golang.org/toolchain@v0.0.1-go${version}.${platform}`];
    const output = await runLogged(go.path, args, {
      cwd: outsideAnyModule,
      env: { ...env, GO111MODULE: "on", GOFLAGS: "", GOTOOLCHAIN: "local", GOWORK: "off" },
      logFile,
      captureStdout: true,
      signal,
    });
    return (JSON.parse(output) as { Dir: string }).Dir;
  } catch (cause) {
    if (!(cause instanceof CommandFailedError)) throw cause;
    throw new UserError(
      `go ${go.version}: cannot fetch the Go ${version} that the build of Pulumi needs; install Go ${version} or newer`,
      cause.tail(),
      { cause },
    );
  } finally {
    rmSync(outsideAnyModule, { recursive: true, force: true });
  }
}

function makeExecutable(dir: string): void {
  for (const name of readdirSync(dir)) chmodSync(path.join(dir, name), 0o755);
}

function restoreGoMod(dir: string): void {
  const kept = path.join(dir, "_go.mod");
  const wanted = path.join(dir, "go.mod");
  if (!existsSync(kept) || existsSync(wanted)) return;
  chmodSync(dir, 0o755);
  copyFileSync(kept, wanted);
  chmodSync(dir, 0o555);
}
