import type { Job } from "./job.ts";

/** What a worker tells whoever watches it. */
export type WorkerEvent =
  | { readonly kind: "started"; readonly job: Job }
  | { readonly kind: "completed"; readonly job: Job; readonly ms: number }
  | {
      readonly kind: "failed";
      readonly job: Job;
      readonly attempt: number;
      readonly maxAttempts: number;
      readonly retryable: boolean;
      readonly error: string;
    }
  /** Given back unfinished: the worker was stopped, or had no place for it. */
  | { readonly kind: "released"; readonly job: Job }
  /** The lease was lost; the result is discarded. */
  | { readonly kind: "lost"; readonly job: Job }
  /** The worker of an observed queue ended some jobs, in one transaction. */
  | { readonly kind: "worked"; readonly jobs: number; readonly ms: number }
  /** Woken, but there was nothing to do. */
  | { readonly kind: "nothingToDo" }
  /** No more claims, a successor was called. */
  | { readonly kind: "handedOver" }
  /** The queue did not answer; it is asked again. */
  | { readonly kind: "unreachable"; readonly error: string }
  /** The queue stayed unreachable and the worker ended; the next tick or insert wakes another. */
  | { readonly kind: "gaveUp"; readonly error: string };
