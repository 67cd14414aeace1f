/** What may be told of an error that nobody expected: where it came from, and no message, which may quote a secret. */
export function describeCrash(error: unknown): string {
  const { name, code, stack }: NodeJS.ErrnoException = error instanceof Error ? error : new Error();
  const kind = code === undefined ? name : `${name} (${code})`;
  const frames = (stack ?? "").split("\n").filter((line) => /^ {4}at /.test(line));
  const advice = "deploy again, and report it with these lines if it comes back";
  return [`provider jobstack: ended by an unexpected ${kind}; ${advice}`, ...frames].join("\n");
}
