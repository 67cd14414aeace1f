import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { openStack, requireStackFile } from "../deploy/open-stack.ts";
import { ensureToolchain } from "../toolchain/ensure-toolchain.ts";
import { createWorkspace, locateWorkspace } from "../workspace.ts";
import { reportFailure } from "./report-failure.ts";
import { throttleProgress } from "./throttle-progress.ts";

/** Runs a command on a stack and ends the process: with what `work` returns, or with 1 and the reason. */
export async function withStack(name: string, work: (stack: Stack) => Promise<number>): Promise<never> {
  const workspace = locateWorkspace(process.env);
  try {
    requireStackFile(name);
    createWorkspace(workspace);
    const { pulumi } = await ensureToolchain({
      needPostgres: false,
      needMonitoring: false,
      logDir: workspace.logs,
      progress: throttleProgress(console.error),
    });
    leaveInterruptsToEngine();
    process.exit(await work(await openStack(name, workspace, pulumi)));
  } catch (error) {
    reportFailure(error);
  }
}

/**
 * Ctrl-C reaches the engine as well, which finishes what it is at, writes its state and ends; a second one has it stop at
 * once. This process, in which the program runs, must outlive it.
 */
function leaveInterruptsToEngine(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
}
