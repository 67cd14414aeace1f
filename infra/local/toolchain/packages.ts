import os from "node:os";
import path from "node:path";
import { UserError } from "../../user-error.ts";
import {
  findInstallRights,
  hasApt,
  type InstallRights,
  installPackages,
  packageListsAge,
  queryPackages,
  refreshPackageLists,
} from "./apt.ts";
import { aptErrors, isOutdatedListFailure } from "./apt-output.ts";
import { withFileLock } from "./file-lock.ts";
import { note, type Obstacle, refuse } from "./missing-programs.ts";
import { isOptional, needsRefresh, type PackagePlan, type Program, planPackages } from "./package-plan.ts";
import { CommandFailedError } from "./run-logged.ts";
import type { ToolchainContext } from "./toolchain-context.ts";

export interface ProgramRequest {
  missing: readonly Program[];
  /** Looks again at what is missing: another run may have installed it, and an installation must have helped. */
  look: () => Program[] | Promise<Program[]>;
  /** The only PostgreSQL version that fits. */
  postgresMajor?: number | undefined;
}

/**
 * Installs the system packages of what is missing, where this user may. Returns one note per missing program that the
 * platform runs without; throws a UserError that names all others and what to do.
 */
export async function ensurePackages(request: ProgramRequest, context: ToolchainContext): Promise<string[]> {
  if (request.missing.length === 0) return [];
  const obstacle = await tryToInstall(request, context);
  const missing = await request.look();
  if (missing.some((program) => !isOptional(program))) {
    const { summary, problems } = refuse(missing, obstacle);
    throw new UserError(summary, problems);
  }
  return missing.map((program) => note(program, obstacle));
}

/** Returns what stands in the way of the programs that are missing afterwards. */
async function tryToInstall(request: ProgramRequest, context: ToolchainContext): Promise<Obstacle> {
  if (!hasApt(context.env)) return { kind: "no-apt" };
  const rights = await findInstallRights(context.env);
  if (rights === "none") {
    const plan = planPackages(await request.look(), await queryPackages(context.env), request.postgresMajor);
    return { kind: "no-rights", packages: [...plan.required, ...plan.optional] };
  }
  // One installation at a time on a machine: apt itself would wait, but each removes the other's measures.
  return withFileLock(
    path.join(os.tmpdir(), `jobstack-packages-${os.userInfo().uid}.lock`),
    () => install(request, rights, context),
    {
      onWait: () => context.progress("waiting for another installation of packages"),
      signal: context.signal,
    },
  );
}

async function install(
  request: ProgramRequest,
  rights: InstallRights,
  context: ToolchainContext,
): Promise<Obstacle> {
  try {
    let plan = await makePlan(request, context);
    let refreshFailure: CommandFailedError | undefined;
    if (needsRefresh(plan, packageListsAge())) {
      refreshFailure = await failureOf(refreshPackageLists(rights, context));
      plan = await makePlan(request, context);
    }
    if (plan.unavailable.some((program) => !isOptional(program))) {
      return refreshFailure ? describeFailure(refreshFailure, context) : { kind: "not-offered" };
    }
    return await installPlan(plan, rights, context);
  } catch (error) {
    if (!(error instanceof CommandFailedError)) throw error;
    return describeFailure(error, context);
  }
}

async function makePlan(request: ProgramRequest, context: ToolchainContext): Promise<PackagePlan> {
  return planPackages(await request.look(), await queryPackages(context.env), request.postgresMajor);
}

/** What the platform can do without must not keep it from getting the rest. */
async function installPlan(
  { required, optional, unavailable }: PackagePlan,
  rights: InstallRights,
  context: ToolchainContext,
): Promise<Obstacle> {
  const failure = await failureOf(installWithFreshLists([...required, ...optional], rights, context));
  if (failure && required.length > 0 && optional.length > 0)
    await installWithFreshLists(required, rights, context);
  if (failure) return describeFailure(failure, context);
  return unavailable.length > 0
    ? { kind: "not-offered" }
    : { kind: "failed", logFile: logFile(context), tail: [] };
}

/** The archive drops old versions of a package; only new lists name the ones that are there. */
async function installWithFreshLists(
  names: readonly string[],
  rights: InstallRights,
  context: ToolchainContext,
): Promise<void> {
  if (names.length === 0) return;
  const failure = await failureOf(installPackages(names, rights, context));
  if (!failure) return;
  if (!isOutdatedListFailure(failure.output)) throw failure;
  await refreshPackageLists(rights, context);
  await installPackages(names, rights, context);
}

async function failureOf(action: Promise<void>): Promise<CommandFailedError | undefined> {
  try {
    await action;
    return undefined;
  } catch (error) {
    if (error instanceof CommandFailedError) return error;
    throw error;
  }
}

function describeFailure(error: CommandFailedError, context: ToolchainContext): Obstacle {
  return { kind: "failed", logFile: logFile(context), tail: aptErrors(error.output) };
}

function logFile(context: ToolchainContext): string {
  return path.join(context.logDir, "packages.log");
}
