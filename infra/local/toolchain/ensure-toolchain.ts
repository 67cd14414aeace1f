import os from "node:os";
import path from "node:path";
import { version as sdkVersion } from "@pulumi/pulumi/version.js";
import { combineProgress } from "./combine-progress.ts";
import { findGo } from "./find-go.ts";
import type { PulumiCli } from "./find-pulumi.ts";
import { mergeErrors } from "./merge-errors.ts";
import type { Program } from "./package-plan.ts";
import { ensurePackages } from "./packages.ts";
import { ensurePulumi } from "./pulumi.ts";
import { pulumiSources } from "./pulumi-sources.ts";
import { findSystemPrograms, type ProgramNeeds, type SystemPrograms } from "./system-programs.ts";
import type { ToolchainContext } from "./toolchain-context.ts";

export interface ToolchainRequest extends ProgramNeeds {
  /** Logs of what is installed or built go here. */
  logDir: string;
  /** Hears one line that says what is being done at the moment, over and over while it takes time. */
  progress: (line: string) => void;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** The programs that are no npm packages. */
export interface Toolchain extends SystemPrograms {
  pulumi: PulumiCli;
  /** What is missing without harm, one line each. */
  notes: string[];
}

/**
 * Finds every program the platform runs, and gets what is missing: system packages through apt, the Pulumi CLI by
 * download or build, both at the same time. Throws one UserError with all that cannot be had.
 */
export async function ensureToolchain(request: ToolchainRequest): Promise<Toolchain> {
  const { logDir, env = process.env, signal } = request;
  const say = combineProgress(request.progress);
  const context = (part: string): ToolchainContext => ({
    logDir,
    env,
    signal,
    progress: (line) => say(part, line),
  });
  // Nobody should wait minutes for a build, only to read then that Postgres is missing.
  const giveUp = new AbortController();
  const [system, pulumi] = await Promise.allSettled([
    provideSystemPrograms(request, env, context("packages"))
      .catch((error: unknown) => {
        giveUp.abort();
        throw error;
      })
      .finally(() => say("packages", undefined)),
    providePulumi(context("pulumi"), giveUp.signal).finally(() => say("pulumi", undefined)),
  ]);
  if (system.status === "rejected" || pulumi.status === "rejected") throw mergeErrors([system, pulumi]);
  return { ...system.value, pulumi: pulumi.value };
}

async function provideSystemPrograms(needs: ProgramNeeds, env: NodeJS.ProcessEnv, context: ToolchainContext) {
  let search = findSystemPrograms(needs, env);
  const look = () => {
    search = findSystemPrograms(needs, env);
    return search.missing;
  };
  const { missing } = search;
  const notes = await ensurePackages({ missing, look, postgresMajor: needs.postgresMajor }, context);
  return { ...search.programs, notes };
}

function providePulumi(context: ToolchainContext, giveUpBuild: AbortSignal): Promise<PulumiCli> {
  const { env } = context;
  const places = { sdkVersion, home: env.PULUMI_HOME ?? path.join(os.homedir(), ".pulumi"), env };
  const look = async (): Promise<Program[]> => ((await findGo(env)).length > 0 ? [] : ["go"]);
  const installGo = async () => void (await ensurePackages({ missing: ["go"], look }, context));
  return ensurePulumi(
    places,
    pulumiSources(sdkVersion, context, { installGo, giveUp: giveUpBuild }),
    context,
  );
}
