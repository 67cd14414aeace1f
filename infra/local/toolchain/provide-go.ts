import { readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../user-error.ts";
import { projectRoot } from "../workspace.ts";
import { findGo } from "./find-go.ts";
import { fetchGoToolchain } from "./go-toolchain.ts";
import { chooseGo, type GoCommand, goPlatform, requiredGoVersion } from "./go-version.ts";
import type { ToolchainContext } from "./toolchain-context.ts";

/** The module that pins the Pulumi CLI, and with it the Go release that builds it. */
export const pulumiModuleDir = path.join(projectRoot, "tools/pulumi");

/** A go of the release that the go.mod asks for, or newer. */
export async function provideGo(
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
