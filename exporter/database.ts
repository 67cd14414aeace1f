import pg from "pg";
import { before } from "./deadline.ts";

/** Runs one statement in the transaction at hand; bigint comes as a number, NULL as null. */
export type Query = <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

export interface Limits {
  /** For the whole transaction, in milliseconds. */
  timeoutMs: number;
  /** Longest wait for one lock, in milliseconds. */
  lockTimeoutMs: number;
}

export interface Database {
  /** Runs `work` in one read-only transaction, in which every statement sees the same state. */
  read<T>(limits: Limits, work: (query: Query) => Promise<T>): Promise<T>;
  /** Runs `work` in one transaction that may write. */
  write<T>(limits: Limits, work: (query: Query) => Promise<T>): Promise<T>;
  /** How many connections there are now. */
  connections(): PoolConnections;
  close(): Promise<void>;
}

export interface PoolConnections {
  idle: number;
  busy: number;
}

/** The server could not be reached, or the connection to it was lost. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}

/** Most connections at once; the collection never asks for more. */
export const poolSize = 2;

const connectTimeoutMs = 3000;
/** The server cancels first; the client gives up only when the server does not answer. */
const graceMs = 200;
const int8 = 20;

/**
 * Connections to the observed database. Works through a transaction pooler: settings are local to a transaction,
 * statements have no names, and nothing else is kept in a session.
 */
export function openDatabase(databaseUrl: string): Database {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: "jobstack_exporter",
    keepAlive: true,
    types: { getTypeParser: (oid, format) => (oid === int8 ? Number : pg.types.getTypeParser(oid, format)) },
  });
  // A connection that is lost between two statements is reported here, and without a listener ends the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return {
    read: (limits, work) => transact(pool, "begin isolation level repeatable read read only", limits, work),
    write: (limits, work) => transact(pool, "begin", limits, work),
    connections: () => ({ idle: pool.idleCount, busy: pool.totalCount - pool.idleCount }),
    close: () => pool.end(),
  };
}

async function transact<T>(
  pool: pg.Pool,
  begin: string,
  limits: Limits,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((cause: unknown) => {
    throw new ConnectionError("no connection to the database", { cause });
  });
  const run = async () => {
    await client.query(`${begin}; ${settings(limits)}`);
    const result = await work(async (text, values = []) => (await client.query(text, [...values])).rows);
    await client.query("commit");
    return result;
  };
  try {
    const result = await before(limits.timeoutMs + graceMs, run());
    client.release();
    return result;
  } catch (error) {
    await giveBack(client, error);
    throw error;
  }
}

function settings({ timeoutMs, lockTimeoutMs }: Limits): string {
  const ms = (value: number) => Math.max(1, Math.floor(value));
  return `set local statement_timeout = ${ms(timeoutMs)}; set local lock_timeout = ${ms(lockTimeoutMs)}`;
}

/** After an error of the server the session is sound; after anything else it may still be busy, and is dropped. */
async function giveBack(client: pg.PoolClient, error: unknown): Promise<void> {
  if (!(error instanceof pg.DatabaseError) || error.severity !== "ERROR") return client.release(true);
  try {
    await before(graceMs, client.query("rollback"));
    client.release();
  } catch {
    client.release(true);
  }
}
