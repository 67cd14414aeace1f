import pg from "pg";
import { UserError } from "../../user-error.ts";
import { demoUserId } from "../demo-user.ts";
import { marketSchema } from "../process-queue/market-schema.ts";
import type { Demo, DemoContext } from "./demo.ts";
import { waitUntil } from "./wait-until.ts";

const users = [demoUserId, "00000000-0000-4000-8000-000000000002"];
const issuers = [
  { ticker: "AAPL", name: "Apple" },
  { ticker: "ADA", name: "Ada Lovelace" },
  { ticker: "WHALE", name: "The lighthouse keeper's whale" },
];
const orders = 200;

/** Ada and Ben place a burst of orders, buy before they sell, and see where prices went. */
export const marketDemo: Demo = {
  system: "market",
  title: "Market",
  async run({ database, random }) {
    const schema = pg.escapeIdentifier(await marketSchema(database));
    await openAccounts(database, schema);
    const began = Date.now();
    const ids = await placeOrders(database, schema, random);
    const counts = await waitUntil("market: all orders processed", () => readEndings(database, schema, ids));
    const ms = Date.now() - began;
    return `${counts.completed} orders completed and ${counts.failed} refused in ${ms} ms: ${await readPrices(database, schema)}`;
  },
};

type Database = DemoContext["database"];

async function openAccounts(database: Database, schema: string): Promise<void> {
  await database.query(
    `insert into ${schema}.issuers (ticker, name, pool_usdp, pool_shares)
     select i.ticker, i.name, 100000, 1000 from jsonb_to_recordset($1) i (ticker text, name text)
     on conflict do nothing`,
    [JSON.stringify(issuers)],
  );
  await database.query(
    `insert into ${schema}.balances as b (user_id, usdp) select user_id, 5000 from unnest($1::uuid[]) user_id
     on conflict (user_id) do update set usdp = b.usdp + excluded.usdp`,
    [users],
  );
}

async function placeOrders(database: Database, schema: string, random: () => number): Promise<string[]> {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item;
  const placed = Array.from({ length: orders }, (_, n) => ({
    user: pick(users),
    ticker: pick(issuers).ticker,
    type: n < 20 || random() < 0.6 ? "buy" : "sell",
    usdp: (1 + random() * 120).toFixed(2),
  }));
  const { rows } = await database.query<{ id: string }>(
    `insert into ${schema}.queue (user_id, ticker, order_type, amount_usdp, status)
     select o."user", o.ticker, o.type, o.usdp, 'pending'
     from jsonb_to_recordset($1) o ("user" uuid, ticker text, type text, usdp numeric)
     returning id`,
    [JSON.stringify(placed)],
  );
  return rows.map(({ id }) => id);
}

async function readEndings(
  database: Database,
  schema: string,
  ids: string[],
): Promise<{ completed: number; failed: number } | undefined> {
  const { rows } = await database.query<{ completed: number; failed: number; pending: number }>(
    `select
       count(*) filter (where status = 'completed')::int as completed,
       count(*) filter (where status = 'failed')::int as failed,
       count(*) filter (where status = 'pending')::int as pending
     from ${schema}.queue where id = any ($1)`,
    [ids],
  );
  const [counts] = rows;
  if (counts === undefined || counts.pending > 0) return undefined;
  if (counts.completed === 0) throw new UserError("market: every order was refused");
  return counts;
}

async function readPrices(database: Database, schema: string): Promise<string> {
  await database.query(`select ${schema}.refresh_issuer_stats_cache()`);
  const { rows } = await database.query<{ ticker: string; price: string }>(
    `select ticker, round(price, 2) as price from ${schema}.issuer_stats_cache where ticker = any ($1) order by ticker`,
    [issuers.map(({ ticker }) => ticker)],
  );
  return rows.map(({ ticker, price }) => `${ticker} ${price}`).join(", ");
}
