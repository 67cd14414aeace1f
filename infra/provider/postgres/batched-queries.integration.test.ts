import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import { BatchedQueries } from "./batched-queries.ts";
import { Database, type Sql } from "./database.ts";

const testDatabase = useTestDatabase(
  async ({ pool }) =>
    void (await pool.query(
      "create table public.t (name text, n int); insert into public.t values ('a', 1), ('a', 2), ('b', 3), (null, 4)",
    )),
);
const opened: Database[] = [];
afterAll(async () => {
  await Promise.all(opened.map((database) => database.close()));
});

/** The batch under test, and the statements that reached the server, transaction by transaction. */
function open() {
  const options = { databaseUrl: testDatabase().url, lockTimeout: "1s", statementTimeout: "5s" };
  const database = new Database(options);
  opened.push(database);
  const transactions: string[][] = [];
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const queries = new BatchedQueries((work) => {
    const statements: string[] = [];
    transactions.push(statements);
    begin();
    return database.read((sql) => {
      const query: Sql["query"] = (text, values) => {
        statements.push(text);
        return sql.query(text, values);
      };
      return work({ ...sql, query });
    });
  });
  return { queries, transactions, begun };
}

const BY_NAME = "select t.n from public.t where t.name = $1 order by t.n desc";

describe("BatchedQueries", () => {
  it("asks the same question for many in one query, and gives each its own rows in their order", async () => {
    const { queries, transactions } = open();
    const names = ["b", "nobody", "a"];
    const answers = await Promise.all(names.map((name) => queries.query(BY_NAME, [name])));
    expect(answers).toEqual([[{ n: 3 }], [], [{ n: 2 }, { n: 1 }]]);
    expect(transactions.map((statements) => statements.length)).toEqual([1]);
  });

  it("asks for many by several values each in one query as well", async () => {
    const { queries, transactions } = open();
    const query = "select t.n from public.t where t.name = $1 and t.n = $2::int";
    const ask = (name: string, n: string) => queries.query(query, [name, n]);
    expect(await Promise.all([ask("a", "2"), ask("a", "3"), ask("b", "3")])).toEqual([
      [{ n: 2 }],
      [],
      [{ n: 3 }],
    ]);
    expect(transactions.map((statements) => statements.length)).toEqual([1]);
  });

  it("asks a question without values once, and lets nobody share rows", async () => {
    const { queries, transactions } = open();
    const [one, two] = await Promise.all([
      queries.query("select count(*)::int as n from public.t"),
      queries.query("select count(*)::int as n from public.t"),
    ]);
    expect([one, two]).toEqual([[{ n: 4 }], [{ n: 4 }]]);
    expect(one?.[0]).not.toBe(two?.[0]);
    expect(transactions.map((statements) => statements.length)).toEqual([1]);
  });

  it("puts different questions into one transaction, and what comes meanwhile into the next", async () => {
    const { queries, transactions, begun } = open();
    const first = Promise.all([
      queries.query("select 1 as one"),
      queries.query("select $1::text is null as none", [null]),
    ]);
    await begun;
    const second = Promise.all([queries.query("select 2 as two"), queries.query("select 3 as three")]);
    expect(await first).toEqual([[{ one: 1 }], [{ none: true }]]);
    expect(await second).toEqual([[{ two: 2 }], [{ three: 3 }]]);
    expect(transactions.map((statements) => statements.length)).toEqual([2, 2]);
  });

  it("takes values that are no texts one by one", async () => {
    const { queries } = open();
    const ask = (numbers: number[]) =>
      queries.query("select coalesce(sum(n), 0)::int as sum from pg_catalog.unnest($1::int[]) as u (n)", [
        numbers,
      ]);
    expect(await Promise.all([ask([1, 2]), ask([]), ask([40])])).toEqual([
      [{ sum: 3 }],
      [{ sum: 0 }],
      [{ sum: 40 }],
    ]);
  });

  it("fails only for those whose question fails", async () => {
    const { queries } = open();
    const divide = (by: string) => queries.query("select 10 / $1::text::int as result", [by]);
    const [fine, failed, other] = await Promise.allSettled([
      divide("5"),
      divide("0"),
      queries.query(BY_NAME, ["b"]),
    ]);
    expect(fine).toEqual({ status: "fulfilled", value: [{ result: 2 }] });
    expect(failed).toMatchObject({ status: "rejected", reason: { message: "division by zero" } });
    expect(other).toEqual({ status: "fulfilled", value: [{ n: 3 }] });
  });

  it("fails for all at once when the connection cannot be had", async () => {
    const refused = Object.assign(new pg.DatabaseError("too many connections", 1, "error"), {
      code: "53300",
    });
    let attempts = 0;
    const queries = new BatchedQueries(async () => {
      attempts += 1;
      throw refused;
    });
    const answers = await Promise.allSettled([queries.query("select 1"), queries.query("select 2")]);
    const rejected = { status: "rejected", reason: refused };
    expect(answers).toEqual([rejected, rejected]);
    expect(attempts).toBe(1);
  });

  it("leaves a text that only looks like a parameter of another query alone", async () => {
    const { queries } = open();
    const ask = (value: string) => queries.query("select $1 || ':' as text", [value]);
    expect(await Promise.all([ask("$1"), ask("'; drop table public.t; --")])).toEqual([
      [{ text: "$1:" }],
      [{ text: "'; drop table public.t; --:" }],
    ]);
  });
});
