import pg from "pg";
import { ApiError } from "./api-error.ts";

export interface QueryInput {
  databaseUrl: string;
  query: string;
  parameters: unknown[] | undefined;
  readOnly: boolean;
}

const statementTimeoutMs = 60_000;

/** On a connection of its own, so that nothing a query sets outlives it. Throws ApiError 400 with Postgres's message. */
export async function runQuery(input: QueryInput): Promise<unknown[]> {
  const client = new pg.Client({
    connectionString: input.databaseUrl,
    application_name: "jobstack management api",
    statement_timeout: statementTimeoutMs,
    types: { getTypeParser },
    ...(input.readOnly && { options: "-c default_transaction_read_only=on" }),
  });
  // The server may end the connection at any time; the query in progress reports it.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    throw new ApiError(503, `database: cannot connect: ${(cause as Error).message}`);
  }
  try {
    return rowsOf(await client.query(input.query, input.parameters));
  } catch (error) {
    throw new ApiError(400, failureText(error));
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Several statements give several results. */
function rowsOf(result: pg.QueryResult | pg.QueryResult[]): unknown[] {
  if (!Array.isArray(result)) return result.rows;
  return result.findLast(({ rows }) => rows.length > 0)?.rows ?? [];
}

function failureText(error: unknown): string {
  const { code, message } = error as Partial<pg.DatabaseError>;
  return `Failed to run sql query: ERROR: ${code === undefined ? "" : `${code}: `}${message}`;
}

/** Dates and intervals stay as Postgres writes them; a bigint is a number where a number can hold it. */
const getTypeParser = ((oid: number, format?: "text") => {
  if (oid === pg.types.builtins.INT8) return safeInteger;
  if (textTypes.has(oid)) return (value: string) => value;
  return pg.types.getTypeParser(oid, format);
}) as typeof pg.types.getTypeParser;

const textTypes = new Set<number>([
  pg.types.builtins.DATE,
  pg.types.builtins.TIMESTAMP,
  pg.types.builtins.TIMESTAMPTZ,
  pg.types.builtins.INTERVAL,
]);

function safeInteger(value: string): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
