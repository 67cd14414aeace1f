import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { LocalWorkspace, PulumiCommand, type PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { version } from "@pulumi/pulumi/version.js";
import { writePlainStacks } from "../../infra/local/deploy/plain-stacks.ts";
import { findPulumi } from "../../infra/local/toolchain/find-pulumi.ts";
import { projectRoot } from "../../infra/local/workspace.ts";

/** Seconds. */
export interface Timings {
  first: number;
  /** One for each repetition. */
  unchanged: number[];
  preview: number[];
}

/** Deploys `program` to a stack of its own, then again without a change, then previews it. */
export async function timeDeployments(program: PulumiFn, repetitions: number): Promise<Timings> {
  writePlainStacks();
  const directory = mkdtempSync(path.join(tmpdir(), "jobstack-bench-"));
  try {
    const providers = [
      { name: "jobstack", path: path.join(projectRoot, "infra/provider/bin") },
      { name: "echo", path: path.join(projectRoot, "bench/deploy/echo-bin") },
      { name: "pulumi-nodejs", path: path.join(projectRoot, "bench/deploy/dynamic-bin") },
    ];
    const project = { name: "bench", runtime: "nodejs", plugins: { providers } };
    writeFileSync(path.join(directory, "Pulumi.yaml"), JSON.stringify(project));
    // The code of a dynamic provider finds its packages from there.
    symlinkSync(path.join(projectRoot, "node_modules"), path.join(directory, "node_modules"));
    const stack = await LocalWorkspace.createOrSelectStack(
      { projectName: "bench", stackName: "bench", program },
      { workDir: directory, pulumiCommand: await pulumiCommand(), envVars: environment(directory) },
    );
    const first = await seconds(() => stack.up());
    const unchanged = [];
    const preview = [];
    for (let run = 0; run < repetitions; run++) {
      unchanged.push(await seconds(() => stack.up({ expectNoChanges: true })));
      preview.push(await seconds(() => stack.preview({ expectNoChanges: true })));
    }
    await stack.destroy();
    return { first, unchanged, preview };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

async function pulumiCommand(): Promise<PulumiCommand> {
  const home = process.env.PULUMI_HOME ?? path.join(homedir(), ".pulumi");
  const cli = await findPulumi({ sdkVersion: version, home, env: process.env });
  if (cli === undefined) throw new Error(`no Pulumi CLI ${version}; run "npm run up" once, which brings it`);
  return await PulumiCommand.get(cli.root === null ? {} : { root: cli.root });
}

function environment(directory: string): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `file://${directory}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: "bench",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
  };
}
