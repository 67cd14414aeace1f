import { createHash } from "node:crypto";
import { z } from "zod";
import { splitNames } from "../postgres/qualified-name.ts";

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

/** What identifies an object: from the inputs, or, while importing, from the id. Undefined if the id is no such name. */
export function namesOf<Key extends string>(
  keys: readonly Key[],
  id: string,
  inputs: Partial<Record<Key, string>> | undefined,
): Record<Key, string> | undefined {
  const names = inputs === undefined ? splitNames(id, keys.length) : keys.map((key) => inputs[key] ?? "");
  return names && (Object.fromEntries(keys.map((key, index) => [key, names[index]])) as Record<Key, string>);
}

/** As a hex digest, which is how Postgres and the Management API tell it. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
