import type pg from "pg";
import { createTestDatabase, type TestDatabase } from "../../../test/support/test-database.ts";
import { installMarket } from "./install-market.ts";

/** The users that tests act as. */
export const ada = "00000000-0000-4000-8000-000000000001";
export const ben = "00000000-0000-4000-8000-000000000002";

type Database = pg.Pool | pg.ClientBase;

/** An empty database with the market system. */
export async function createMarketDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await installMarket(database.pool);
  return database;
}

/** Leaves nothing in the market's tables. */
export async function emptyMarket(database: Database): Promise<void> {
  await database.query(
    "truncate issuers, balances, holdings, queue, trades, price_history, issuer_stats_cache",
  );
}

/** Lists an issuer; money and shares as texts, since numbers of JavaScript are not exact. */
export async function listIssuer(
  database: Database,
  ticker: string,
  pool: { usdp: string; shares: string } = { usdp: "1000000", shares: "10000" },
): Promise<void> {
  await database.query(
    "insert into public.issuers (ticker, name, pool_usdp, pool_shares) values ($1, $1, $2, $3)",
    [ticker, pool.usdp, pool.shares],
  );
}

export async function deposit(database: Database, user: string, usdp: string): Promise<void> {
  await database.query(
    `insert into public.balances as b (user_id, usdp) values ($1, $2)
     on conflict (user_id) do update set usdp = b.usdp + excluded.usdp`,
    [user, usdp],
  );
}

export interface Order {
  user: string;
  ticker: string;
  type: "buy" | "sell";
  usdp: string;
}

/** Places orders in one statement; their ids, in the same order. */
export async function place(database: Database, ...orders: Order[]): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(
    `insert into public.queue (user_id, ticker, order_type, amount_usdp, status)
     select o."user"::uuid, o.ticker, o.type, o.usdp::numeric, 'pending'
     from rows from (jsonb_to_recordset($1) as ("user" text, ticker text, type text, usdp text)) with ordinality o
     order by o.ordinality
     returning id`,
    [JSON.stringify(orders)],
  );
  return rows.map(({ id }) => id);
}

/** The rows of a query, money and shares as texts. */
export async function rows(
  database: Database,
  sql: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  return (await database.query(sql, values)).rows;
}
