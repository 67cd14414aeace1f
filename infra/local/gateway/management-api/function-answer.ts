import type { FunctionRecord } from "../store/function-record.ts";

/** A function as the API shows it: without what only the platform needs to know. */
export function functionAnswer(record: FunctionRecord) {
  const { directory: _directory, static_patterns: _patterns, ...shown } = record;
  return shown;
}
