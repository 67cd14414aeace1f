import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation/index.js";
import { pulumiEnvironment } from "../../infra/local/deploy/pulumi-environment.ts";
import { locateWorkspace, projectRoot } from "../../infra/local/workspace.ts";
import type { TestPlatform } from "./platform.ts";

/** The stack that `npm run up` deployed, opened by itself: what a person with a plain Pulumi sees. */
export async function openLocalStack(platform: TestPlatform): Promise<Stack> {
  const envVars = pulumiEnvironment(locateWorkspace(platform.env));
  Object.assign(process.env, envVars);
  const pulumiCommand = await PulumiCommand.get();
  return LocalWorkspace.selectStack(
    {
      projectName: "jobstack",
      stackName: "local",
      program: async () => (await import("../../infra/index.ts")).default(),
    },
    { workDir: projectRoot, pulumiCommand, envVars },
  );
}
