/** The end of one attempt, in the words of `jobstack.step`. */
export interface Report {
  readonly id: string;
  readonly token: string;
  readonly outcome: "completed" | "failed";
  /** The result as JSON text (completed only). */
  readonly result?: string;
  /** Why it failed (failed only). */
  readonly error?: string;
  /** Whether another attempt may help (failed only). */
  readonly retryable?: boolean;
}
