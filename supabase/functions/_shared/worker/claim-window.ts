/** How long claiming may go on in an isolate that the runtime ends by the wall clock. Milliseconds since its start. */
export interface IsolateLife {
  /** When the runtime is expected to end the isolate; infinite where it never does. */
  readonly limitMs: number;
  /** How old the isolate was when its latest request came in. */
  readonly latestRequestMs: number;
  /** Time kept free at the end, for running jobs to finish. */
  readonly drainMs: number;
}

/**
 * When claiming ends. Supabase's runtime sends an isolate no more requests once half of its life is over, so a request
 * proves that the isolate lives at least twice as long as it has lived so far, whatever limit was expected.
 */
export function claimWindowEnd({ limitMs, latestRequestMs, drainMs }: IsolateLife): number {
  return Math.max(limitMs, 2 * latestRequestMs) - drainMs;
}
