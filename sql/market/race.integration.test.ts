import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import {
  createMarketDatabase,
  deposit,
  emptyMarket,
  listIssuer,
  type Order,
  place,
  rows,
} from "./testing/market-database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createMarketDatabase();
});
afterAll(async () => {
  await database.drop();
});

const users = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`);
const pools = { AAPL: { usdp: "5000", shares: "100" }, ACME: { usdp: "20.5", shares: "33.33333333" } };

/** What one connection does next: some orders in a transaction that it commits, or that dies with it. */
interface Step {
  sql: string;
  crash: boolean;
}

const order: fc.Arbitrary<Order> = fc.record({
  user: fc.constantFrom(...users),
  ticker: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...Object.keys(pools)) },
    { weight: 1, arbitrary: fc.constant("NONE") },
  ),
  type: fc.constantFrom("buy", "sell"),
  usdp: fc
    .oneof(fc.bigInt({ min: 1n, max: 2_000_000_000n }), fc.bigInt({ min: 1n, max: 30_000_000n }))
    .map((micros) => decimal(micros, 6)),
});

const step: fc.Arbitrary<Step> = fc.record({
  sql: fc.oneof(
    { weight: 6, arbitrary: fc.constant("select process_next_queue_order()") },
    {
      weight: 2,
      arbitrary: fc
        .integer({ min: 1, max: 12 })
        .map((limit) => `select process_all_pending_orders(${limit})`),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom("select record_hourly_prices()", "select refresh_issuer_stats_cache()"),
    },
  ),
  crash: fc.nat(5).map((n) => n === 0),
});

const race = fc.record({
  orders: fc.array(order, { minLength: 30, maxLength: 90 }),
  processors: fc.array(fc.array(step, { minLength: 8, maxLength: 25 }), { minLength: 4, maxLength: 4 }),
});

it("keeps every cent and every share, and ends each order once, however processors race and die", {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(race, async ({ orders, processors }) => {
      await emptyMarket(database.pool);
      for (const [ticker, pool] of Object.entries(pools)) await listIssuer(database.pool, ticker, pool);
      for (const user of users) await deposit(database.pool, user, "1000");
      const half = orders.length / 2;
      await place(database.pool, ...orders.slice(0, half));

      const names = processors.map((_, n) => `processor ${n}`);
      const killer = killAtRandom(names);
      const outcomes = await Promise.all([
        place(database.pool, ...orders.slice(half)).then(() => []),
        payIn(20).then(() => []),
        ...processors.map((steps, n) => runProcessor(names[n] ?? "", steps)),
      ]);
      await killer.stop();
      // Only what was killed failed: nobody deadlocked, and nobody waited in vain.
      expect([...new Set(outcomes.flat())].filter((code) => code !== "57P01")).toEqual([]);

      await database.pool.query("select process_all_pending_orders()");
      await checkEndings(orders.length);
      await checkSums("3020");
      await checkTrades();
    }),
    { numRuns: 6, endOnFailure: true },
  );
});

/** Carries out the steps, each on a new connection after one died; the codes of all errors. */
async function runProcessor(name: string, steps: Step[]): Promise<string[]> {
  const errors: string[] = [];
  let client: pg.Client | undefined;
  for (const { sql, crash } of steps) {
    try {
      client ??= await connect(name);
      await client.query("begin");
      await client.query(sql);
      await client.query(crash ? "select pg_terminate_backend(pg_backend_pid())" : "commit");
    } catch (error) {
      errors.push(codeOf(error));
      await client?.end().catch(() => {});
      client = undefined;
    }
  }
  await client?.end();
  return errors;
}

async function connect(name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url, application_name: name });
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** A killed connection may hear of its end from the server, or only find itself cut. */
function codeOf(error: unknown): string {
  return error instanceof pg.DatabaseError ? (error.code ?? error.message) : "57P01";
}

/** Terminates one of these sessions every few milliseconds, wherever it is. */
function killAtRandom(names: string[]): { stop(): Promise<void> } {
  let stopped = false;
  const killing = (async () => {
    while (!stopped) {
      await database.pool.query(
        `select pg_terminate_backend(pid), pg_sleep(0.02) from pg_stat_activity
         where application_name = any ($1) and state <> 'idle' order by random() limit 1`,
        [names],
      );
      await database.pool.query("select pg_sleep(0.02)");
    }
  })();
  return {
    stop: () => {
      stopped = true;
      return killing;
    },
  };
}

/** The application pays in, one USDP at a time, while orders are processed. */
async function payIn(times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) await deposit(database.pool, users[n % users.length] ?? "", "1");
}

async function checkEndings(placed: number): Promise<void> {
  expect(
    await rows(
      database.pool,
      `select
         count(*)::int as orders,
         count(*) filter (where q.status = 'pending')::int as pending,
         count(*) filter (where (q.status = 'completed') <> (t.id is not null))::int as completed_without_trade,
         count(*) filter (where (q.status = 'failed') <> (q.error_message <> ''))::int as failed_without_reason
       from queue q left join trades t on t.order_id = q.id`,
    ),
  ).toEqual([{ orders: placed, pending: 0, completed_without_trade: 0, failed_without_reason: 0 }]);
}

async function checkSums(paidIn: string): Promise<void> {
  const [money] = await rows(
    database.pool,
    `select (select sum(usdp) from balances) + (select sum(pool_usdp) from issuers) = $1::numeric + 5020.5 as conserved,
       (select min(usdp) from balances) >= 0 and (select coalesce(min(shares), 0) from holdings) >= 0 as positive`,
    [paidIn],
  );
  expect(money).toEqual({ conserved: true, positive: true });
  const shares = await rows(
    database.pool,
    `select i.ticker, (i.pool_shares + coalesce(sum(h.shares), 0))::text as shares
     from issuers i left join holdings h using (ticker) group by i.ticker order by i.ticker`,
  );
  expect(shares).toEqual([
    { ticker: "AAPL", shares: "100.00000000" },
    { ticker: "ACME", shares: "33.33333333" },
  ]);
}

/** Computes all trades again, in integers: what each came to, that the pool's product never fell, and who came first. */
async function checkTrades(): Promise<void> {
  const trades = await rows(
    database.pool,
    "select order_id, user_id, ticker, order_type, amount_usdp, shares, executed_at from trades order by id",
  );
  const state = new Map(
    Object.entries(pools).map(([ticker, { usdp, shares }]) => [
      ticker,
      { usdp: scaled(usdp, 6), shares: scaled(shares, 8), time: 0 },
    ]),
  );
  const lastOrder = new Map<unknown, bigint>();
  for (const trade of trades) {
    const pool = state.get(String(trade.ticker));
    if (pool === undefined) throw new Error(`a trade of ${trade.ticker}`);
    const amount = scaled(String(trade.amount_usdp), 6);
    const bought = trade.order_type === "buy";
    const after = bought ? pool.usdp + amount : pool.usdp - amount;
    const shares = bought ? (pool.shares * amount) / after : -((-pool.shares * amount) / after);
    const rounded = !bought && shares * after < pool.shares * amount ? shares + 1n : shares;
    expect(scaled(String(trade.shares), 8)).toBe(rounded);
    const left = bought ? pool.shares - rounded : pool.shares + rounded;
    expect(after * left >= pool.usdp * pool.shares).toBe(true);
    const time = (trade.executed_at as Date).getTime();
    expect(time).toBeGreaterThanOrEqual(pool.time);
    state.set(String(trade.ticker), { usdp: after, shares: left, time });

    const id = BigInt(String(trade.order_id));
    expect(id).toBeGreaterThan(lastOrder.get(trade.user_id) ?? 0n);
    lastOrder.set(trade.user_id, id);
  }
}

function scaled(decimalText: string, digits: number): bigint {
  const [whole = "0", fraction = ""] = decimalText.split(".");
  return BigInt(whole + fraction.padEnd(digits, "0"));
}

function decimal(units: bigint, digits: number): string {
  const text = units.toString().padStart(digits + 1, "0");
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
