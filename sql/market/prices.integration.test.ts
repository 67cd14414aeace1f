import fc from "fast-check";
import type { PoolClient } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import {
  ada,
  createMarketDatabase,
  deposit,
  emptyMarket,
  listIssuer,
  place,
  rows,
} from "./testing/market-database.ts";

let database: TestDatabase;
let client: PoolClient;

beforeAll(async () => {
  database = await createMarketDatabase();
});
afterAll(async () => {
  await database.drop();
});
beforeEach(async () => {
  client = await database.pool.connect();
  await reset();
});
afterEach(() => {
  client.release(true);
});

async function reset(): Promise<void> {
  await emptyMarket(client);
  await listIssuer(client, "AAPL");
  await listIssuer(client, "QUIET");
  await deposit(client, ada, "1000000");
}

const start = Date.parse("2026-03-01T10:00:00Z");

/** Sets the clock to so many minutes after ten o'clock. */
async function at(minutes: number): Promise<void> {
  const now = new Date(start + minutes * 60_000).toISOString();
  await client.query("select set_config('jobstack.fake_now', $1, false)", [now]);
}

async function trade(usdp: string): Promise<void> {
  await place(client, { user: ada, ticker: "AAPL", type: "buy", usdp });
  await client.query("select process_next_queue_order()");
}

async function record(): Promise<number> {
  return Number((await rows(client, "select record_hourly_prices() as written"))[0]?.written);
}

const candles = () =>
  rows(
    client,
    "select ticker, hour, open, high, low, close, volume_usdp, trades from price_history order by 1, 2",
  );

interface Trade {
  price: string;
  amount_usdp: string;
  minute: number;
}

async function trades(): Promise<Trade[]> {
  const all = await rows(
    client,
    `select price, amount_usdp, (extract(epoch from executed_at) - ${start / 1_000})::float8 / 60 as minute
     from trades order by id`,
  );
  return all as unknown as Trade[];
}

/** The candles that there must be at a time, computed from the trades alone. */
function candlesOf(all: Trade[], now: number): unknown[] {
  const hours = Math.floor(now / 60);
  const first = all[0];
  if (first === undefined) return [];
  let close = "";
  return Array.from({ length: Math.max(hours - Math.floor(first.minute / 60), 0) }, (_, n) => {
    const hour = Math.floor(first.minute / 60) + n;
    const own = all.filter(({ minute }) => Math.floor(minute / 60) === hour);
    const sorted = own.map(({ price }) => price).sort((a, b) => Number(a) - Number(b));
    const open = own[0]?.price ?? close;
    close = own.at(-1)?.price ?? close;
    const cents = own.reduce((sum, { amount_usdp }) => sum + Math.round(Number(amount_usdp) * 100), 0);
    return {
      ticker: "AAPL",
      hour: new Date(start + hour * 3_600_000),
      open,
      high: sorted.at(-1) ?? close,
      low: sorted[0] ?? close,
      close,
      volume_usdp: (cents / 100).toFixed(6),
      trades: own.length,
    };
  });
}

describe("record_hourly_prices()", () => {
  it("writes an hour once it is over, and nothing for a ticker that nobody has traded", async () => {
    await at(5);
    await trade("100");
    await at(59);
    await trade("200");
    expect(await record()).toBe(0);
    await at(60);
    expect(await record()).toBe(1);
    expect(await candles()).toEqual(candlesOf(await trades(), 60));
    expect(await record()).toBe(0);
  });

  it("writes the same candles whenever it runs, late, twice or not for hours", {
    timeout: 120_000,
  }, async () => {
    const event = fc.record({
      pause: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 400 })),
      trade: fc.boolean(),
      cents: fc.integer({ min: 1, max: 500_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 30 }), async (events) => {
        await reset();
        let now = 0;
        for (const { pause, trade: isTrade, cents } of events) {
          now += pause;
          await at(now);
          if (isTrade) await trade((cents / 100).toFixed(2));
          else await record();
        }
        await record();
        expect(await candles()).toEqual(candlesOf(await trades(), now));
      }),
      { numRuns: 15 },
    );
  });

  it("waits for the trades of the hour that are not committed yet", async () => {
    const trader = await database.pool.connect();
    await at(59);
    await place(client, { user: ada, ticker: "AAPL", type: "buy", usdp: "10" });
    await trader.query("select set_config('jobstack.fake_now', $1, false)", [
      new Date(start + 59 * 60_000).toISOString(),
    ]);
    await trader.query("begin");
    await trader.query("select process_next_queue_order()");
    await at(61);
    const recorded = record();
    await untilWaiting();
    await trader.query("commit");
    trader.release(true);
    expect(await recorded).toBe(1);
  });

  it("has every later trade in a later hour, even when the clock is set back", async () => {
    await at(30);
    await trade("10");
    await at(60);
    await record();
    await at(45);
    await trade("10");
    expect((await trades()).map(({ minute }) => minute)).toEqual([30, 60]);
    await at(125);
    await record();
    expect(await candles()).toEqual(candlesOf(await trades(), 125));
  });
});

describe("refresh_issuer_stats_cache()", () => {
  it("shows each issuer's last day, and the change against the day before", async () => {
    await at(0);
    await trade("1000");
    await at(24 * 60 + 1);
    await trade("5000");
    expect(await rows(client, "select refresh_issuer_stats_cache() as issuers")).toEqual([{ issuers: 2 }]);
    const stats = await rows(
      client,
      `select c.ticker, c.price = i.price as current, change_24h_percent, volume_24h_usdp, trades_24h, holders
       from issuer_stats_cache c join issuers i using (ticker) order by 1`,
    );
    const quiet = { change_24h_percent: null, volume_24h_usdp: "0.000000", trades_24h: 0, holders: 0 };
    expect(stats).toEqual([
      // From 100.10 (1000 USDP for 9.990 shares) to 1006000^2 / 10^10 = 101.2036.
      {
        ticker: "AAPL",
        current: true,
        change_24h_percent: "1.10",
        volume_24h_usdp: "5000.000000",
        trades_24h: 1,
        holders: 1,
      },
      { ticker: "QUIET", current: true, ...quiet },
    ]);
  });

  it("replaces what it showed before", async () => {
    await client.query("select refresh_issuer_stats_cache()");
    await client.query("update issuers set name = 'Apple' where ticker = 'AAPL'");
    await client.query("select refresh_issuer_stats_cache()");
    expect(await rows(client, "select name from issuer_stats_cache order by 1")).toEqual([
      { name: "Apple" },
      { name: "QUIET" },
    ]);
  });
});

describe("cleanup_old_queue_entries()", () => {
  it("deletes ended orders that are old, in batches, and keeps the rest and all trades", async () => {
    await client.query(
      `insert into queue (user_id, ticker, order_type, amount_usdp, date)
       select $1, 'AAPL', 'buy', 1, jobstack.now() - interval '31 days' from generate_series(1, 1200)`,
      [ada],
    );
    await client.query("select process_all_pending_orders()");
    const old =
      "insert into queue (user_id, ticker, order_type, amount_usdp, date) values ($1, 'AAPL', 'buy', 1, now() - interval '40 days')";
    await client.query(old, [ada]);
    await place(client, { user: ada, ticker: "AAPL", type: "buy", usdp: "1" });
    await client.query(`
      create temporary table deletions (transaction xid8, orders int);
      create function pg_temp.note() returns trigger language plpgsql as $$
      begin
        insert into pg_temp.deletions select pg_current_xact_id(), count(*) from old_rows;
        return null;
      end $$;
      create trigger note after delete on queue referencing old table as old_rows
        for each statement execute function pg_temp.note()`);
    await client.query("call cleanup_old_queue_entries('30 days')");
    expect(await rows(client, "select status, count(*)::int as orders from queue group by 1")).toEqual([
      { status: "pending", orders: 2 },
    ]);
    expect(await rows(client, "select count(*)::int as trades from trades")).toEqual([{ trades: 1200 }]);
    const batches = await rows(
      client,
      "select sum(orders)::int as orders from deletions group by transaction order by 1 desc",
    );
    expect(batches.filter(({ orders }) => orders !== 0)).toEqual([{ orders: 1000 }, { orders: 200 }]);
  });
});

/** Until a session of this database waits for a lock. */
async function untilWaiting(): Promise<void> {
  const waiting =
    "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  while ((await database.admin.query(waiting)).rowCount === 0)
    await new Promise((resolve) => setTimeout(resolve, 10));
}
