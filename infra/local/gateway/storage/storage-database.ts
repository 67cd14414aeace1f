import pg from "pg";
import type { Caller } from "./caller.ts";
import { fromDatabaseError } from "./storage-error.ts";

/** A transaction of one caller. */
export type Query = <Row extends pg.QueryResultRow>(sql: string, values?: unknown[]) => Promise<Row[]>;

/** Thrown to take back a transaction that went well. */
class Rehearsed extends Error {}

/**
 * Storage's tables, seen as a request's caller sees them: each transaction takes the role and the claims of the caller,
 * so that policies and auth.uid() work as in any request.
 */
export class StorageDatabase {
  readonly #pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.#pool = new pg.Pool({
      connectionString: databaseUrl,
      application_name: "jobstack storage api",
      max: 10,
      statement_timeout: 30_000,
    });
    // A server that stops cuts idle connections; the next request opens its own.
    this.#pool.on("error", () => undefined);
  }

  /** Throws a StorageError for what the database refuses; then nothing has changed. */
  async transaction<T>(caller: Caller, work: (query: Query) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query("begin");
      await client.query(scopeSql, [caller.claims.role ?? "anon", JSON.stringify(caller.claims)]);
      const result = await work(async (sql, values) => (await client.query(sql, values)).rows);
      await client.query("commit");
      return result;
    } catch (error) {
      await client.query("rollback").catch((cause: Error) => (broken = cause));
      throw fromDatabaseError(error) ?? error;
    } finally {
      client.release(broken);
    }
  }

  /** Whether a change would be allowed: it is made and taken back. Throws what `transaction` throws. */
  async rehearse(caller: Caller, work: (query: Query) => Promise<unknown>): Promise<void> {
    const rehearsal = this.transaction(caller, async (query) => {
      await work(query);
      throw new Rehearsed();
    });
    await rehearsal.catch((error) => {
      if (!(error instanceof Rehearsed)) throw error;
    });
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** Storage may delete where plain SQL may not: see the triggers that protect its tables. */
const scopeSql = `
  select set_config('role', $1, true), set_config('request.jwt.claims', $2, true),
    set_config('request.jwt.claim.role', $1, true), set_config('request.jwt.claim.sub', $2::jsonb ->> 'sub', true),
    set_config('storage.allow_delete_query', 'true', true)`;
