/** The end of one attempt, in the words of `jobstack.step_batch`. */
export interface Report {
  readonly id: string;
  readonly token: string;
  /** `released`: given back unfinished, as if it had not been claimed. */
  readonly outcome: "completed" | "failed" | "released";
  /** The result as JSON text (completed only); none when the handler returned nothing. */
  readonly result?: string;
  /** Why it failed (failed only). */
  readonly error?: string;
  /** Whether another attempt may help (failed only). */
  readonly retryable?: boolean;
  /** How long another attempt shall wait, in place of the queue's backoff (failed only). */
  readonly retry_after_ms?: number;
}
