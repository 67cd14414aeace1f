import { UserError } from "../../user-error.ts";

/**
 * One error of several parts that ran at the same time. A mistake of the program goes first, as it is; a part that was
 * only given up because another failed is not worth a word.
 */
export function mergeErrors(results: readonly PromiseSettledResult<unknown>[]): unknown {
  const errors = results.flatMap((result) =>
    result.status === "rejected" ? [result.reason as unknown] : [],
  );
  const causes = errors.filter((error) => !isAbort(error));
  const users = causes.filter((error) => error instanceof UserError);
  if (causes.length < 2 || users.length < causes.length) {
    return causes.find((error) => !(error instanceof UserError)) ?? causes[0] ?? errors[0];
  }
  return new UserError(
    "toolchain: not complete; mend these and run this again",
    users.map((error) => error.message.replaceAll("\n", "\n    ")),
  );
}

/** Whether work ended because its AbortSignal asked for it. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
