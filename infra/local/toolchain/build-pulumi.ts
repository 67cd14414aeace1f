import { mkdirSync } from "node:fs";
import path from "node:path";
import { buildGoTool } from "./build-go-tool.ts";
import { provideGo, pulumiModuleDir } from "./provide-go.ts";
import type { ToolchainContext } from "./toolchain-context.ts";

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

function describeCount(done?: number, total?: number): string {
  if (done === undefined) return "";
  return total === undefined ? `, ${done}` : `, ${done} of ${total} packages`;
}
