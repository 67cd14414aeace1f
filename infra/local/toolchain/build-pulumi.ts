import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../user-error.ts";
import { projectRoot } from "../workspace.ts";
import { buildGoTool } from "./build-go-tool.ts";
import { findGo } from "./find-go.ts";
import { fetchGoToolchain } from "./go-toolchain.ts";
import { chooseGo, type GoCommand, goPlatform, requiredGoVersion } from "./go-version.ts";
import type { ToolchainContext } from "./toolchain-context.ts";

export const pulumiModuleDir = path.join(projectRoot, "tools/pulumi");

export interface BuildHelp {
  /** Makes a go command available that is not there yet; throws a UserError when it cannot. */
  installGo: () => Promise<void>;
  /** Stops the compilation, which takes minutes, but nothing before it. */
  giveUp: AbortSignal;
}

/** Builds the CLI that tools/pulumi pins into `output`. Takes minutes where nothing is cached. */
export async function buildPulumi(
  sdkVersion: string,
  output: string,
  context: ToolchainContext,
  help: BuildHelp,
): Promise<void> {
  const logFile = path.join(context.logDir, "pulumi.log");
  mkdirSync(path.dirname(output), { recursive: true });
  const go = await provideGo(context, logFile, help.installGo);
  await buildGoTool({
    name: `pulumi ${sdkVersion}`,
    go,
    moduleDir: pulumiModuleDir,
    target: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ldflags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${sdkVersion}`,
    output,
    env: context.env,
    logFile,
    progress: (step, done, total) => context.progress(`Pulumi CLI: ${step}${describeCount(done, total)}`),
    signal: AbortSignal.any(context.signal ? [context.signal, help.giveUp] : [help.giveUp]),
  });
}

/** A go of the release that the go.mod asks for, or newer. */
async function provideGo(
  context: ToolchainContext,
  logFile: string,
  installGo: () => Promise<void>,
): Promise<GoCommand> {
  const required = requiredGoVersion(readFileSync(path.join(pulumiModuleDir, "go.mod"), "utf8"));
  const platform = goPlatform(process.platform, process.arch);
  if (platform === undefined) {
    throw new UserError(
      `pulumi: not built on ${process.platform} ${process.arch}; install the Pulumi CLI by hand and put it on PATH`,
    );
  }
  let choice = chooseGo(await findGo(context.env), required);
  if (choice.kind === "none") {
    await installGo();
    choice = chooseGo(await findGo(context.env), required);
  }
  if (choice.kind === "ready") return choice.go;
  if (choice.kind === "none") throw new UserError(`go: none found; install Go ${required} or newer`);
  context.progress(`Pulumi CLI: fetching Go ${required}`);
  const { env, signal } = context;
  return fetchGoToolchain({ go: choice.go, version: required, platform, env, logFile, signal });
}

function describeCount(done?: number, total?: number): string {
  if (done === undefined) return "";
  return total === undefined ? `, ${done}` : `, ${done} of ${total} packages`;
}
