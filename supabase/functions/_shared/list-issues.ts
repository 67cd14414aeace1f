import type { z } from "npm:zod@4.6.7";

/** All that a schema finds wrong, in one line; `whole` is what the value itself is called. */
export function listIssues(error: z.ZodError, whole: string): string {
  return error.issues.map(({ path, message }) => `${path.join(".") || whole}: ${message}`).join("; ");
}
