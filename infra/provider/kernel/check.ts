import type { z } from "zod";
import { type Path, valueAt } from "./path.ts";
import { containsUnknown, type Properties } from "./properties.ts";
import type { InputProblem, Inputs } from "./resource.ts";

/** All that is wrong with the inputs. What a preview does not know yet is not held against them. */
export function findProblems(schema: z.ZodType, inputs: Properties): InputProblem[] {
  const result = schema.safeParse(inputs);
  return [...(result.error?.issues.flatMap(problemsOf) ?? []), ...nulProblems(inputs, [])]
    .filter(({ path }) => !containsUnknown(valueAt(inputs, path)))
    .map(({ path, reason }) => ({
      path,
      reason: valueAt(inputs, path) === undefined ? missing(reason) : reason,
    }));
}

/** The inputs with defaults in place of what was not given. */
export function withDefaults(inputs: Properties, defaults: Inputs): Properties {
  const given = Object.entries(inputs).filter(([, value]) => value !== null);
  return { ...(defaults as Properties), ...Object.fromEntries(given) };
}

/** The part of the inputs that is wholly known. */
export function knownPart(inputs: Properties): Properties {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => !containsUnknown(value)));
}

function problemsOf(issue: z.core.$ZodIssue): InputProblem[] {
  const path = issue.path.map((segment) => (typeof segment === "symbol" ? segment.toString() : segment));
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key], reason: `"${key}" is not an input; remove it` }));
  }
  return [{ path, reason: issue.message.replace(/^Invalid input: /, "") }];
}

/** Postgres has no zero byte in any text, and its protocol takes one for the end. */
function nulProblems(value: unknown, path: Path): InputProblem[] {
  if (typeof value === "string") {
    return value.includes("\0")
      ? [{ path, reason: "has a zero byte in it, which no text may have; remove it" }]
      : [];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    ...nulProblems(key, path),
    ...nulProblems(part, [...path, Array.isArray(value) ? Number(key) : key]),
  ]);
}

function missing(reason: string): string {
  return reason.includes("received undefined")
    ? reason.replace(/^expected (.*), received undefined$/, "is missing; give a $1")
    : reason;
}
