import { z } from "zod";

// Postgres silently cuts longer names off, and two objects would become one.
const LONGEST_BYTES = 63;

/** A Postgres name as it is stored, without quotes. */
export const postgresName = z
  .string()
  .min(1, "must not be empty")
  .refine((name) => Buffer.byteLength(name) <= LONGEST_BYTES, {
    error: ({ input }) =>
      `"${input}" is ${Buffer.byteLength(String(input))} bytes long and Postgres keeps ${LONGEST_BYTES}; shorten it`,
  });

export const adopt = z.boolean().optional().describe("take over an object that exists already");

/** A text in which `findProblem` finds nothing. */
export function checkedText(findProblem: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const message = findProblem(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
}

/** Splits "schema.table" style import ids. Names with a dot in them cannot be imported. */
export function splitId(id: string, parts: number): string[] | undefined {
  const names = id.split(".");
  return names.length === parts && names.every((name) => name !== "") ? names : undefined;
}
