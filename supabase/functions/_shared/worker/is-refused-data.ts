/**
 * Whether the database refused the data itself, so that sending it again cannot help: data exceptions, violated
 * constraints, exceeded program limits, and errors raised by triggers on the user's table. Everything else (a lost
 * connection, a deadlock, a restart) may pass.
 */
export function isRefusedData(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^(22|23|54)...$|^P0001$/.test(code);
}
