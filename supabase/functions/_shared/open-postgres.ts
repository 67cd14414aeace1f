import postgres from "npm:postgres@3.4.9";
import type { Database } from "./database.ts";
import type { Query } from "./worker.ts";

/**
 * The isolate's connections, opened when first used. Works through a transaction pooler (no prepared statements, no
 * session state), and few are enough: a worker has one call in flight, plus a heartbeat and what handlers ask.
 */
export function openPostgres(url: string, applicationName: string): Database {
  const sql = postgres(url, {
    max: 4,
    prepare: false,
    // One round trip less on a cold start; all parameters and arrays travel as text.
    fetch_types: false,
    idle_timeout: 20,
    connect_timeout: 10,
    connection: { application_name: applicationName },
    onnotice: () => {},
  });
  return {
    query: queryOn(sql),
    transaction: async (work) => (await sql.begin((transaction) => work(queryOn(transaction)))) as never,
  };
}

function queryOn(sql: postgres.Sql | postgres.TransactionSql): Query {
  return async (text, parameters) => [...(await sql.unsafe(text, [...parameters]))];
}
