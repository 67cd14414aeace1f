import type { WorkerEvent } from "./worker-event.ts";

/** One plain log line per event. Ids and reasons only: never a job's parameters or result. */
export function describeEvent(event: WorkerEvent): string {
  switch (event.kind) {
    case "started":
      return `Processing job ${event.job.id}${typeOf(event.job.row)}`;
    case "completed":
      return `Job ${event.job.id} completed in ${Math.round(event.ms)}ms`;
    case "failed":
      return `Job ${event.job.id} failed (attempt ${event.attempt} of ${event.maxAttempts}, ${prospect(event)}): ${event.error}`;
    case "released":
      return `Job ${event.job.id} is given back unfinished`;
    case "lost":
      return `Job ${event.job.id} was given to another worker; its result is discarded`;
    case "worked":
      return `Processed ${event.jobs} ${event.jobs === 1 ? "job" : "jobs"} in ${Math.round(event.ms)}ms`;
    case "nothingToDo":
      return "No jobs to process";
    case "handedOver":
      return "Time is up: a successor takes over";
    case "unreachable":
      return `The queue cannot be reached, trying again: ${event.error}`;
    case "gaveUp":
      return `The queue cannot be reached, giving up: ${event.error}`;
  }
}

function typeOf(row: Record<string, unknown>): string {
  return typeof row.job_type === "string" ? ` of type ${row.job_type}` : "";
}

function prospect(event: { retryable: boolean; attempt: number; maxAttempts: number }): string {
  if (!event.retryable) return "not retried";
  return event.attempt < event.maxAttempts ? "will be retried" : "no attempts left";
}
