import type { PoolClient } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import {
  ada,
  ben,
  createMarketDatabase,
  deposit,
  emptyMarket,
  listIssuer,
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
beforeEach(async () => {
  await emptyMarket(database.pool);
  await listIssuer(database.pool, "AAPL");
});

const buy = (usdp: string, user = ada, ticker = "AAPL") => ({ user, ticker, type: "buy" as const, usdp });
const sell = (usdp: string, user = ada, ticker = "AAPL") => ({ user, ticker, type: "sell" as const, usdp });

async function processAll(limit: number | null = null): Promise<number> {
  const [row] = await rows(database.pool, "select process_all_pending_orders($1) as done", [limit]);
  return Number(row?.done);
}

/** Status and reason of all orders, in the order they were placed. */
async function endings(): Promise<unknown[]> {
  const all = await rows(database.pool, "select status, error_message from public.queue order by id");
  return all.map(({ status, error_message }) => error_message ?? status);
}

/** Runs `work` as a signed-in user, as the API does, and takes it back. */
async function asUser<Result>(user: string, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await database.pool.connect();
  try {
    await client.query("begin");
    await client.query(
      "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true)",
      [JSON.stringify({ sub: user, role: "authenticated" })],
    );
    return await work(client);
  } finally {
    await client.query("rollback");
    client.release();
  }
}

describe("an order", () => {
  it("moves exactly its amount, and shares by the pool's product, rounded against the user", async () => {
    await deposit(database.pool, ada, "1000");
    await place(database.pool, buy("100"), sell("50"));
    expect(await processAll()).toBe(2);
    expect(await endings()).toEqual(["completed", "completed"]);
    // 10000 * 100 / 1000100 = 0.999900009..., then 9999.0001 * 50 / 1000050 = 0.499925008...
    expect(
      await rows(database.pool, "select order_type, amount_usdp, shares from trades order by id"),
    ).toEqual([
      { order_type: "buy", amount_usdp: "100.000000", shares: "0.99990000" },
      { order_type: "sell", amount_usdp: "50.000000", shares: "0.49992501" },
    ]);
    expect(await rows(database.pool, "select usdp from balances")).toEqual([{ usdp: "950.000000" }]);
    expect(await rows(database.pool, "select shares from holdings")).toEqual([{ shares: "0.49997499" }]);
    expect(await rows(database.pool, "select pool_usdp, pool_shares from issuers")).toEqual([
      { pool_usdp: "1000050.000000", pool_shares: "9999.50002501" },
    ]);
  });

  it("fails for a reason when it cannot be carried out, and changes nothing", async () => {
    await listIssuer(database.pool, "TINY", { usdp: "10", shares: "0.00000002" });
    await deposit(database.pool, ada, "100");
    await place(
      database.pool,
      buy("100.000001"),
      sell("50"),
      sell("1000000"),
      buy("1", ada, "TINY"),
      buy("1", ada, "NONE"),
      buy("1", ben),
    );
    expect(await processAll()).toBe(6);
    expect(await endings()).toEqual([
      "insufficient funds: 100.000001 USDP needed, 100.000000 there",
      "insufficient shares: 0.50002501 AAPL needed, 0 there",
      "the pool of AAPL holds 1000000.000000 USDP, too few to pay 1000000.000000",
      "1.000000 USDP are too few for the smallest part of a share of TINY",
      'unknown ticker "NONE"',
      "insufficient funds: 1.000000 USDP needed, 0 there",
    ]);
    expect(await rows(database.pool, "select usdp from balances")).toEqual([{ usdp: "100.000000" }]);
    expect(await rows(database.pool, "select from trades union all select from holdings")).toEqual([]);
  });

  it("counts with what the orders before it changed", async () => {
    await deposit(database.pool, ada, "100");
    await deposit(database.pool, ben, "100");
    await place(
      database.pool,
      buy("60"),
      buy("60"),
      sell("30"),
      buy("60"),
      buy("100", ben),
      sell("101", ben),
    );
    await processAll();
    expect(await endings()).toEqual([
      "completed",
      expect.stringMatching(/^insufficient funds/),
      "completed",
      "completed",
      "completed",
      expect.stringMatching(/^insufficient shares/),
    ]);
  });

  it.each(["0", "-1", "NaN", "Infinity", "0.0000001"])("of %s USDP is refused at once", async (usdp) => {
    await expect(place(database.pool, buy(usdp))).rejects.toThrow(/check|overflow/);
  });
});

describe("process_next_queue_order()", () => {
  const next = (client: PoolClient) => rows(client, "select id, status from process_next_queue_order()");

  it("processes one order and returns it, then none", async () => {
    await deposit(database.pool, ada, "100");
    const [id] = await place(database.pool, buy("10"));
    const client = await database.pool.connect();
    expect(await next(client)).toEqual([{ id, status: "completed" }]);
    expect(await next(client)).toEqual([]);
    client.release();
  });

  it("leaves an order that somebody is at, and the user's later ones, to them", async () => {
    await deposit(database.pool, ada, "100");
    const [first, second, bens] = await place(database.pool, buy("10"), sell("5"), buy("10", ben, "NONE"));
    const [one, two] = [await database.pool.connect(), await database.pool.connect()];
    await one.query("begin");
    expect(await next(one)).toEqual([{ id: first, status: "completed" }]);
    expect(await next(two)).toEqual([{ id: bens, status: "failed" }]);
    expect(await next(two)).toEqual([]);
    await one.query("rollback");
    expect(await next(two)).toEqual([{ id: first, status: "completed" }]);
    expect(await next(one)).toEqual([{ id: second, status: "completed" }]);
    one.release();
    two.release();
  });
});

describe("process_all_pending_orders()", () => {
  it("ends what there is, however much, or as much as it is told", async () => {
    await deposit(database.pool, ada, "1000");
    await place(database.pool, ...Array.from({ length: 2_500 }, () => buy("0.1")));
    expect(await processAll(10)).toBe(10);
    expect(await processAll()).toBe(2_490);
    expect(await processAll()).toBe(0);
    expect(await rows(database.pool, "select usdp from balances")).toEqual([{ usdp: "750.000000" }]);
  });

  it("gives way to an application that does not let go, and leaves the orders pending", async () => {
    await deposit(database.pool, ada, "100");
    await place(database.pool, buy("10"));
    const held = await database.pool.connect();
    await held.query("begin; update balances set usdp = usdp + 1");
    await database.pool.query("alter function process_all_pending_orders set lock_timeout = '50ms'");
    await expect(processAll()).rejects.toMatchObject({ code: "55P03" });
    expect(await endings()).toEqual(["pending"]);
    await held.query("commit");
    held.release();
    await database.pool.query("alter function process_all_pending_orders set lock_timeout = '5s'");
    expect(await processAll()).toBe(1);
    expect(await rows(database.pool, "select usdp from balances")).toEqual([{ usdp: "91.000000" }]);
  });
});

describe("row-level security", () => {
  const insert =
    "insert into public.queue (user_id, ticker, order_type, amount_usdp, status) values ($1, 'AAPL', 'buy', 1, $2)";

  it("lets users place and see their own orders only", async () => {
    await place(database.pool, buy("1"), buy("1", ben));
    await asUser(ada, async (client) => {
      await client.query(insert, [ada, "pending"]);
      expect(await rows(client, "select distinct user_id from queue")).toEqual([{ user_id: ada }]);
    });
    await expect(asUser(ada, (client) => client.query(insert, [ben, "pending"]))).rejects.toThrow(
      "row-level security",
    );
  });

  it.each([
    ["an order that is completed already", insert.replace("$2", "'completed'").replace("$1", `'${ada}'`)],
    [
      "a date of their own",
      `insert into queue (user_id, ticker, order_type, amount_usdp, date) values ('${ada}', 'AAPL', 'buy', 1, now())`,
    ],
    ["a change of an order", "update queue set amount_usdp = 1"],
    ["the end of an order", "delete from queue"],
    ["money", "update balances set usdp = usdp + 1"],
    ["shares", "update holdings set shares = shares + 1"],
    ["another price", "update issuers set pool_usdp = 1"],
    [
      "a trade",
      "insert into trades (order_id, user_id, ticker, order_type, amount_usdp, shares, price, executed_at) values (1, gen_random_uuid(), 'AAPL', 'buy', 1, 1, 1, now())",
    ],
    ["the processing of orders", "select process_all_pending_orders()"],
  ])("does not let users have %s", async (_, sql) => {
    await place(database.pool, buy("1"));
    await expect(asUser(ada, (client) => client.query(sql))).rejects.toThrow(
      /permission denied|row-level security|check/,
    );
  });

  it("shows users what they have, and everybody the market", async () => {
    await deposit(database.pool, ada, "100");
    await deposit(database.pool, ben, "100");
    await place(database.pool, buy("10"), buy("10", ben));
    await processAll();
    await database.pool.query("select refresh_issuer_stats_cache()");
    const seen = await asUser(ada, (client) =>
      rows(
        client,
        `select
        (select array_agg(user_id) from balances) as balances, (select array_agg(user_id) from holdings) as holdings,
        (select array_agg(user_id) from trades) as trades, (select holders from issuer_stats_cache) as holders`,
      ),
    );
    expect(seen).toEqual([{ balances: [ada], holdings: [ada], trades: [ada], holders: 2 }]);
  });
});
