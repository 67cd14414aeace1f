import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation/index.js";
import { parseConfig, rawSettings } from "../../config.ts";
import { UserError } from "../../user-error.ts";
import { readPlatformFile } from "../platform-file.ts";
import type { PulumiCli } from "../toolchain/find-pulumi.ts";
import { projectRoot, type Workspace } from "../workspace.ts";
import { explainPulumiError, quotePulumiError } from "./explain-pulumi-error.ts";
import { inlineProgram } from "./inline-program.ts";
import { openLocalStack } from "./open-local-stack.ts";

/**
 * A stack by its name. All but `local` are where the user's Pulumi keeps them: its login, its backend and its passphrase
 * are used as they are. The program runs in this process, so that a CLI without the Node language host can drive it.
 */
export async function openStack(name: string, workspace: Workspace, cli: PulumiCli): Promise<Stack> {
  if (name === "local") {
    readPlatformFile(workspace.dir);
    return openLocalStack(workspace, cli);
  }
  try {
    const stack = await LocalWorkspace.selectStack(
      {
        projectName: "jobstack",
        stackName: name,
        program: inlineProgram,
      },
      {
        workDir: projectRoot,
        pulumiCommand: await PulumiCommand.get(cli.root === null ? {} : { root: cli.root }),
        envVars: { PULUMI_SKIP_UPDATE_CHECK: "true" },
      },
    );
    await checkConfig(stack);
    return stack;
  } catch (error) {
    throw explainPulumiError(error, name, process.env) ?? quotePulumiError(error, name);
  }
}

/** Refuses a name without a file before any program is looked for or started. */
export function requireStackFile(name: string): void {
  if (existsSync(path.join(projectRoot, `Pulumi.${name}.yaml`))) return;
  const names = readdirSync(projectRoot).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  throw new UserError(
    `stack "${name}": there is no Pulumi.${name}.yaml; name one of ${names.join(", ")}, or write that file first`,
  );
}

/** Throws a UserError with all problems, where the engine would show the program's. */
export async function checkConfig(stack: Stack): Promise<void> {
  const config = Object.entries(await stack.getAllConfig());
  parseConfig(
    stack.name,
    rawSettings(config.map(([key, { value, secret }]) => ({ key, value, secret: secret === true }))),
  );
}
