// The worker loop: what an Edge Function or a Node worker on a queue imports. Knows nothing of Deno, HTTP or a database driver.
export { describeEvent } from "./worker/describe-event.ts";
export { IsolateSlot, type IsolateSlotOptions, type Nudge } from "./worker/isolate-slot.ts";
export type { Job, JobContext, JobHandler } from "./worker/job.ts";
export { LeaseLostError } from "./worker/lease-lost-error.ts";
export { PermanentError } from "./worker/permanent-error.ts";
export type { Query } from "./worker/queue-client.ts";
export { RetryAfterError } from "./worker/retry-after-error.ts";
export {
  type ObservedWorker,
  type ObservedWorkerOptions,
  runObservedWorker,
} from "./worker/run-observed-worker.ts";
export { runWorker, type Worker, type WorkerOptions } from "./worker/run-worker.ts";
export type { WorkerEvent } from "./worker/worker-event.ts";
export { WorkerSlot, type WorkerSlotOptions } from "./worker/worker-slot.ts";
