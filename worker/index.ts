/** The Node worker: `jobstack/worker`. Its handlers, and its loop for observed queues, are those of the Edge Functions. */

export {
  describeEvent,
  type Job,
  type JobContext,
  type JobHandler,
  LeaseLostError,
  type ObservedWorker,
  type ObservedWorkerOptions,
  PermanentError,
  RetryAfterError,
  runObservedWorker,
  type WorkerEvent,
} from "../supabase/functions/_shared/worker.ts";
export { type NodeWorker, type NodeWorkerOptions, startWorker } from "./start-worker.ts";
export { type StopOptions, stopOnSignals } from "./stop-on-signals.ts";
