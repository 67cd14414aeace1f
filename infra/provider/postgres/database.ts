import pRetry from "p-retry";
import pg from "pg";
import { Serial } from "../kernel/serial.ts";
import { untilAborted } from "../kernel/until-aborted.ts";
import { UserError } from "../kernel/user-error.ts";

import { BatchedQueries } from "./batched-queries.ts";

import { copyIn } from "./copy-in.ts";

import { quoteLiteral } from "./identifier.ts";
import { isPassing, sqlState } from "./sql-error.ts";

export type Row = Record<string, unknown>;

/** Runs statements on one connection. */
export interface Sql {
  query<R extends Row>(text: string, values?: readonly unknown[]): Promise<R[]>;
  /** Exactly one statement, by a protocol that refuses two; returns the first word of its command tag. */
  statement(text: string): Promise<string>;
  /** Any number of statements, for migration files. */
  script(text: string): Promise<void>;
  /** Runs `work` so that the transaction goes on when one of its queries fails. */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
  /** Whether one of our own tables is there; once it has been seen, without asking: nobody drops it while we work. */
  sawTable(name: string): Promise<boolean>;
  /** A `copy ... from stdin` statement and what it reads. */
  copyIn(statement: string, data: string): Promise<void>;
}

export interface DatabaseOptions {
  databaseUrl: string;
  lockTimeout: string;
  statementTimeout: string;
  /** First wait before another try at a lock, in milliseconds; doubles with jitter. */
  retryDelayMs?: number;
  /** Once it comes, changes that wait are refused with its reason; one that is under way is left to end. */
  signal?: AbortSignal;
}

/** Postgres leaves schemas of the search path out when it renders an object: with none, the text is always the same. */
export const FIXED_SEARCH_PATH = "set local search_path = ''";

// "jobs" in ASCII: taken by every change, so that two providers never alter one catalog at once, which
// Postgres answers with "tuple concurrently updated".
const ADVISORY_LOCK = 0x6a6f6273;
const RETRIES = 4;

/** The one door to Postgres: a small pool, reads in read-only transactions, changes one after the other. */
export class Database {
  readonly #pool: pg.Pool;
  readonly #options: DatabaseOptions;
  readonly #changes: Serial;
  readonly #seenTables = new Set<string>();

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#changes = new Serial(options.signal);
    this.#pool = new pg.Pool({
      connectionString: options.databaseUrl,
      max: 4,
      // Queries that do not wait for each other's answers cost one round trip together.
      pipeline: true,
      connectionTimeoutMillis: 10_000,
      idleTimeoutMillis: 30_000,
      allowExitOnIdle: true,
      application_name: "jobstack provider",
    });
    // A dropped idle connection is replaced on next use; unheard, the event would end the process.
    this.#pool.on("error", () => {});
  }

  readonly #queries = new BatchedQueries((work) => this.read(work));

  /** Read-only statements, those of many readers together: nobody holds a connection, and equal queries are one. */
  readonly reader: Sql = {
    query: (text, values) => this.#queries.query(text, values),
    statement: needsTransaction,
    script: needsTransaction,
    copyIn: needsTransaction,
    // Here each query has a transaction of its own.
    savepoint: (work) => work(),
    sawTable: (name) => this.read((sql) => sql.sawTable(name)),
  };

  /** Runs `work` so that the server itself refuses any change. */
  async read<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return await this.#inTransaction((client) => client.query(this.#begin("begin read only")), work);
  }

  /** Runs `work` in one transaction, again as a whole if a lock could not be had. */
  async change<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const begin = (client: pg.PoolClient) =>
      untilAborted(takeTurn(client, this.#begin("begin"), this.#limit("lock_timeout")), this.#options.signal);
    const attempt = () => this.#changes.run(() => this.#inTransaction(begin, work));
    return await pRetry(attempt, {
      retries: RETRIES,
      minTimeout: this.#options.retryDelayMs ?? 250,
      maxTimeout: 4_000,
      randomize: true,
      shouldRetry: ({ error }) => isPassing(error),
    });
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** A server that is full, or not up yet, has done nothing; of our own connections one is free in a moment. */
  async #connect(): Promise<pg.PoolClient> {
    return await pRetry(() => this.#pool.connect(), {
      retries: RETRIES,
      minTimeout: this.#options.retryDelayMs ?? 250,
      maxTimeout: 4_000,
      randomize: true,
      shouldRetry: ({ error }) => ["53300", "57P03"].includes(sqlState(error) ?? ""),
    });
  }

  #begin(statement: string): string {
    return `${statement}; ${this.#limit("statement_timeout")}; ${FIXED_SEARCH_PATH}`;
  }

  #limit(setting: "lock_timeout" | "statement_timeout"): string {
    const value = setting === "lock_timeout" ? this.#options.lockTimeout : this.#options.statementTimeout;
    return `set local ${setting} = ${quoteLiteral(value)}`;
  }

  async #inTransaction<T>(
    begin: (client: pg.PoolClient) => Promise<unknown>,
    work: (sql: Sql) => Promise<T>,
  ): Promise<T> {
    const client = await this.#connect();
    let broken: Error | undefined;
    const onError = (error: Error) => {
      broken = error;
    };
    // A connection that is lost fails the query and is an event as well, which unheard would end the process.
    client.on("error", onError);
    const transaction: Transaction = { client, open: true, failure: undefined };
    try {
      await begin(client);
      const result = await work(sqlOn(transaction, this.#seenTables));
      await client.query("commit");
      return result;
    } catch (error) {
      // Behind a statement that still waits, a rollback would wait too; the server does it for a lost connection.
      if (error === this.#options.signal?.reason) broken = error as Error;
      else await client.query("rollback").catch(onError);
      throw error;
    } finally {
      transaction.open = false;
      client.off("error", onError);
      client.release(broken);
    }
  }
}

/** What sets something or changes something is about the statements after it, and the reader has none. */
async function needsTransaction(): Promise<never> {
  throw new Error("the reader runs queries only; what comes before or after one needs read() or change()");
}

interface Transaction {
  client: pg.PoolClient;
  open: boolean;
  /** The last error that is more than an echo of an earlier one. */
  failure: unknown;
}

function sqlOn(transaction: Transaction, seenTables: Set<string>): Sql {
  const send = async <T>(statement: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    // Of several that were under way together one may have failed, and the connection may be somebody else's by now.
    if (!transaction.open) throw new Error("a statement came after the end of its transaction");
    try {
      return await statement(transaction.client);
    } catch (error) {
      if (sqlState(error) !== "25P02") transaction.failure = error;
      throw transaction.failure ?? error;
    }
  };
  return {
    async query<R extends Row>(text: string, values: readonly unknown[] = []): Promise<R[]> {
      const { rows } = await send((client) => client.query<R>({ text, values: [...values] }));
      return rows;
    },
    async statement(text) {
      const query = { text, values: [], queryMode: "extended" } as pg.QueryConfig;
      return (await send((client) => client.query(query))).command;
    },
    async script(text) {
      await send((client) => client.query(text));
    },
    async savepoint(work) {
      try {
        const [, result] = await Promise.all([send((client) => client.query("savepoint provider")), work()]);
        return result;
      } catch (error) {
        await send((client) => client.query("rollback to savepoint provider"));
        throw error;
      }
    },
    async sawTable(name) {
      if (seenTables.has(name)) return true;
      const present = "select pg_catalog.to_regclass($1) is not null as present";
      const { rows } = await send((client) => client.query(present, [name]));
      if (rows[0].present) seenTables.add(name);
      return rows[0].present;
    },
    copyIn: (statement, data) => send((client) => copyIn(client, statement, data)),
  };
}

/** The limit for locks comes after the wait: another deployment is no lock conflict. */
async function takeTurn(client: pg.PoolClient, begin: string, lockLimit: string): Promise<void> {
  try {
    await client.query(`${begin}; select pg_catalog.pg_advisory_xact_lock(${ADVISORY_LOCK}); ${lockLimit}`);
  } catch (error) {
    if (sqlState(error) !== "57014") throw error;
    const text = "another deployment is changing this database; try again when it is done";
    throw new UserError(text, [], { cause: error });
  }
}
