import type { failureReasons } from "./catalogue/exporter.ts";
import { ConnectionError } from "./database.ts";
import { DeadlineError } from "./deadline.ts";

export type FailureReason = (typeof failureReasons)[number];

/** By SQLSTATE; two letters stand for a whole class. */
const reasons: Readonly<Record<string, FailureReason>> = {
  "57014": "timeout",
  "55P03": "lock_timeout",
  "42501": "permission",
  "08": "connection",
  "28": "connection",
  "53300": "connection",
  "57P": "connection",
  "3F000": "missing_function",
  "42883": "missing_function",
  "42P01": "missing_extension",
  // Of the functions that read described job tables.
  JT001: "description",
  JT002: "missing_index",
};

/** The closed set of reasons for which a collector fails. What fits none is `query`. */
export function failureReason(error: unknown): FailureReason {
  if (error instanceof DeadlineError) return "timeout";
  if (error instanceof ConnectionError) return "connection";
  if (!(error instanceof Error)) return "query";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  // Node's network errors have names for codes; pg tells of a lost connection by its text alone.
  if (/^E[A-Z]+$/.test(code) || /^connection terminated/i.test(error.message)) return "connection";
  return reasons[code] ?? reasons[code.slice(0, 3)] ?? reasons[code.slice(0, 2)] ?? "query";
}
