/** One claimed job. */
export interface Job<Row = Record<string, unknown>> {
  readonly id: string;
  /** The job's row as it stood right after the claim. */
  readonly row: Row;
}

/** What a handler may know about this attempt. */
export interface JobContext {
  readonly queue: string;
  /** 1 for the first run. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Fencing token of the lease: proves to the database that this worker still holds the job. */
  readonly token: string;
  /**
   * Writes how far the job is into its row's progress column, of which the queue's declaration tells. False: this worker
   * has lost the job.
   */
  progress(progress: unknown): Promise<boolean>;
  /** Aborted when the job is cancelled, the lease is lost, the time limit is reached or the worker is told to stop. */
  readonly signal: AbortSignal;
}

/**
 * Does the work of one job. What it returns is stored as the job's result (anything JSON can hold). Throw a
 * `PermanentError` when another attempt cannot help, and a `RetryAfterError` to say when it can; any other error is
 * retried after the queue's backoff. Both of the latter hold while attempts are left.
 */
export type JobHandler<Row = Record<string, unknown>, Result = unknown> = (
  job: Job<Row>,
  context: JobContext,
) => Promise<Result>;
