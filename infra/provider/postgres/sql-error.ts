import { UserError } from "../kernel/user-error.ts";

interface PostgresError extends Error {
  code: string;
  detail?: string;
  hint?: string;
}

/** SQLSTATE of a server's error, or the code of a socket's. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Lock not obtained in time, or chosen as a deadlock's victim: the same transaction may well succeed in a moment. */
export function isPassing(error: unknown): boolean {
  return ["55P03", "40P01", "40001"].includes(sqlState(error) ?? "");
}

/**
 * Says what the error means for the user. Detail, position and statement are left out, for they may quote data;
 * only dependencies are named, without which nobody could act. An error that is not Postgres's comes back as it is.
 */
export function explainSqlError(error: unknown, subject: string): Error {
  if (error instanceof UserError) return error;
  if (!(error instanceof Error)) return new Error(String(error));
  if (isConnectionError(error)) {
    const reason = error.message === "" ? sqlState(error) : error.message;
    return new UserError(`${subject}: the database cannot be reached (${reason}); ${UNREACHABLE}`, [], {
      cause: error,
    });
  }
  return isServerError(error) ? new UserError(serverText(error, subject), [], { cause: error }) : error;
}

const UNREACHABLE =
  "check that the server runs, and that databaseUrl names the right host, port, user and database";
const CUT =
  "the server cut the connection, and what was under way in it is undone; deploy again when it is back";
const MISSING = "correct the name, or let this resource depend on the one that makes it";

/** By SQLSTATE, or by its class of two characters. */
const ADVICE: Record<string, string | undefined> = {
  "08": UNREACHABLE,
  "28": UNREACHABLE,
  "3D": UNREACHABLE,
  "3F000": MISSING,
  "42P01": MISSING,
  "42P07":
    "if it was made by hand just as this file says, name the file in baseline; otherwise drop or rename it",
  "42704": MISSING,
  "42883": MISSING,
  "25006":
    "the database takes no changes now: a replica never does, and Supabase's do not while the disk is nearly full; make room, or connect to the primary",
  "25001": "every change here is a transaction, in which it cannot run; write it without CONCURRENTLY",
  "2BP01": "drop or change what depends on it first; nothing is ever dropped with cascade",
  "40P01": "other sessions lock the same objects in another order; try again when they are done",
  "42501": "grant that privilege to the role of databaseUrl, or deploy as the owner of the object",
  "42601": "correct the statement; it must be exactly one, of the documented form",
  "53300": "the server has no connection left; close idle ones or raise max_connections",
  "55P03": "another session holds a lock on the object; try again when it is done, or raise lockTimeout",
  "57014": "the statement took longer than statementTimeout; raise it, or make the change smaller",
  "57P01": CUT,
  "57P02": CUT,
  "57P03": "the server is starting or stopping; try again",
};

function serverText(error: PostgresError, subject: string): string {
  const advice = ADVICE[error.code] ?? ADVICE[error.code.slice(0, 2)] ?? error.hint;
  const dependents =
    error.code === "2BP01" && error.detail ? ` (${error.detail.replaceAll("\n", ", ")})` : "";
  // The queue core's own errors begin with what they are about, and say what to do.
  if (error.message.startsWith(`${subject}: `)) return error.message;
  const text = `${subject}: ${error.message}${dependents} [SQLSTATE ${error.code}]`;
  return advice === undefined ? text : `${text}; ${advice}`;
}

function isServerError(error: Error): error is PostgresError {
  return /^[0-9A-Z]{5}$/.test(sqlState(error) ?? "");
}

/** A socket's error, or what the driver says without any code when it gives a connection up. */
function isConnectionError(error: Error): boolean {
  const { syscall } = error as NodeJS.ErrnoException;
  if (error instanceof AggregateError || ["connect", "getaddrinfo", "read", "write"].includes(syscall ?? ""))
    return true;
  return /^(timeout exceeded when trying to connect|Connection terminated)/.test(error.message);
}
