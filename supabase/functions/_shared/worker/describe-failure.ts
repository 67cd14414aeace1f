import { redact } from "../redact.ts";
import { PermanentError } from "./permanent-error.ts";
import { RetryAfterError } from "./retry-after-error.ts";

/** What is stored of a failed attempt. */
export interface Failure {
  readonly error: string;
  readonly retryable: boolean;
  /** How long another attempt shall wait, where the handler said so. */
  readonly retryAfterMs?: number;
}

/** Enough to find the cause, small enough that a million failed rows stay cheap. */
const longestError = 500;

/** Turns whatever a handler threw into one line for the job's row: redacted, and cut to 500 characters. */
export function describeFailure(thrown: unknown): Failure {
  const line = redact(messageOf(thrown)).replace(/\s+/g, " ").trim();
  const error = line.length > longestError ? `${line.slice(0, longestError - 1)}…` : line;
  return {
    error: error === "" ? "failed without a reason" : error,
    retryable: !(thrown instanceof PermanentError),
    ...(thrown instanceof RetryAfterError ? { retryAfterMs: thrown.retryAfterMs } : {}),
  };
}

function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const own = thrown.message || thrown.name;
  return thrown.cause instanceof Error && thrown.cause.message !== ""
    ? `${own}: ${thrown.cause.message}`
    : own;
}
