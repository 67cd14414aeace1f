/** The Node worker: `jobstack/worker`. Its handlers are those of the Edge Functions' worker loop. */

export {
  describeEvent,
  type Job,
  type JobContext,
  type JobHandler,
  LeaseLostError,
  PermanentError,
  RetryAfterError,
  type WorkerEvent,
} from "../supabase/functions/_shared/worker.ts";
export { type NodeWorker, type NodeWorkerOptions, startWorker } from "./start-worker.ts";
export { type StopOptions, stopOnSignals } from "./stop-on-signals.ts";
