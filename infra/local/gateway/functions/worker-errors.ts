/** The function could not be started: its process ended or never listened, or it keeps dying and must wait. */
export class BootError extends Error {
  /** Whole seconds after which another attempt makes sense; 0 for at once. */
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds = 0) {
    super("Function failed to start (please check logs)");
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The process was still starting when newer code or secrets arrived; ask for the function again. */
export class WorkerReplaced extends Error {}

/** The function was deleted, or never deployed. */
export class FunctionMissing extends Error {}
