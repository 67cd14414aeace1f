import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation/index.js";
import type { PulumiCli } from "../toolchain/find-pulumi.ts";
import { projectRoot, type Workspace } from "../workspace.ts";
import { inlineProgram } from "./inline-program.ts";
import { pulumiEnvironment } from "./pulumi-environment.ts";

/**
 * The `local` stack, made if it is new. Its program runs inline, in this process, so that a Pulumi CLI without the Node
 * language host can drive it; the plain CLI works on the same state.
 */
export async function openLocalStack(workspace: Workspace, cli: PulumiCli): Promise<Stack> {
  const envVars = pulumiEnvironment(workspace);
  // The program reads the same variables as the engine, and runs here.
  Object.assign(process.env, envVars);
  return LocalWorkspace.createOrSelectStack(
    {
      projectName: "jobstack",
      stackName: "local",
      program: inlineProgram,
    },
    {
      workDir: projectRoot,
      pulumiCommand: await PulumiCommand.get(cli.root === null ? {} : { root: cli.root }),
      envVars,
    },
  );
}
