import type { QueueTimes } from "./finished-jobs-state.ts";
import { distribution } from "./sample.ts";

/** What was observed of a queue's finished jobs. */
export function jobTimesSamples(queue: string, { wait, run, attempts }: QueueTimes) {
  return [
    ...distribution("jobs_wait_seconds", { queue }, wait),
    ...distribution("jobs_run_seconds", { queue, outcome: "completed" }, run.completed),
    ...distribution("jobs_run_seconds", { queue, outcome: "failed" }, run.failed),
    ...distribution("jobs_attempts", { queue }, attempts),
  ];
}
