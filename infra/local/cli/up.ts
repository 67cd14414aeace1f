// `npm run up`: brings the whole local environment up, deploys to it, and follows what happens in it.
import { setTimeout as delay } from "node:timers/promises";
import { Command } from "commander";
import { locateWorkspace } from "../workspace.ts";
import { bringUp } from "./bring-up.ts";
import { follow } from "./follow.ts";
import { reportFailure } from "./report-failure.ts";
import { takeDown } from "./take-down.ts";

const patienceMs = 15_000;

new Command("up")
  .description("Bring up the whole local environment, deploy the local stack and follow its events.")
  .option("--detach", "return once everything is ready and leave it running")
  .action(async ({ detach }: { detach?: boolean }) => {
    const workspace = locateWorkspace(process.env);
    const interrupted = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      // For good, not once: with no listener left, one of the libraries' would end the process at once.
      process.on(signal, () => interrupted.abort());
    }
    const work = bringUp(workspace, interrupted.signal);
    try {
      await Promise.race([work, rejectOnAbort(interrupted.signal)]);
      if (detach) return;
      await follow(workspace, interrupted.signal);
      if (!interrupted.signal.aborted) process.exit(0);
    } catch (error) {
      if (!interrupted.signal.aborted) reportFailure(error);
    }
    console.log("\nStopping ...");
    // What is under way ends by itself, so that nothing is started behind the back of what stops it.
    await Promise.race([work.catch(() => {}), delay(patienceMs)]);
    await takeDown(workspace);
    process.exit(0);
  })
  .parseAsync();

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("interrupted")), { once: true });
  });
}
