import { UserError } from "./user-error.ts";

/** The text alone for what the user can mend, everything for a defect of ours. */
export function describeFailure(error: unknown): string {
  if (error instanceof UserError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
