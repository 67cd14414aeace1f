import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../test/support/free-port.ts";
import { createTestDatabase, type TestDatabase } from "../test/support/test-database.ts";
import { type Database, openDatabase } from "./database.ts";
import { DeadlineError } from "./deadline.ts";

const limits = { timeoutMs: 5000, lockTimeoutMs: 250 };

let postgres: TestDatabase;
let database: Database;

beforeAll(async () => {
  postgres = await createTestDatabase();
  await postgres.pool.query("create table public.thing (id bigint); insert into public.thing values (7)");
  database = openDatabase(postgres.url);
});

afterAll(async () => {
  await database?.close();
  await postgres?.drop();
});

it("hands over a bigint as a number", async () => {
  const rows = await database.read(limits, (query) => query("select id from public.thing"));
  expect(rows).toEqual([{ id: 7 }]);
});

it("reads one state of the database in all statements of a transaction", async () => {
  const counts = await database.read(limits, async (query) => {
    const before = await query("select count(*) from public.thing");
    await postgres.pool.query("insert into public.thing values (8)");
    return [before, await query("select count(*) from public.thing")];
  });
  expect(counts[0]).toEqual(counts[1]);
});

it("writes nothing while it reads", async () => {
  const write = database.read(limits, (query) => query("delete from public.thing"));
  await expect(write).rejects.toThrow("cannot execute DELETE in a read-only transaction");
});

describe("through a transaction pooler", () => {
  it("leaves no setting behind in the session", async () => {
    await database.read({ timeoutMs: 1234, lockTimeoutMs: 56 }, async (query) => {
      expect(await query("select current_setting('lock_timeout') as value")).toEqual([{ value: "56ms" }]);
    });
    const kept = await database.write(limits, async (query) => {
      await query("rollback");
      return query("select current_setting('statement_timeout') as a, current_setting('lock_timeout') as b");
    });
    expect(kept).toEqual([{ a: "0", b: "0" }]);
  });

  it("leaves no prepared statement behind", async () => {
    const named = await database.read(limits, async (query) => {
      await query("select id from public.thing where id = $1", [7]);
      return query("select name from pg_prepared_statements");
    });
    expect(named).toEqual([]);
  });
});

it("goes on after a connection was cut", async () => {
  const pid = await database.read(limits, (query) =>
    query<{ pid: number }>("select pg_backend_pid() as pid"),
  );
  await postgres.admin.query("select pg_terminate_backend($1, 5000)", [pid[0]?.pid]);
  const read = () => database.read(limits, (query) => query("select 1 as one"));
  // The pool may or may not have noticed by now; the second attempt always gets a new connection.
  const rows = await read().catch(read);
  expect(rows).toEqual([{ one: 1 }]);
});

it("gives up on work that does not come back", async () => {
  const stuck = database.read({ timeoutMs: 10, lockTimeoutMs: 10 }, () => new Promise(() => undefined));
  await expect(stuck).rejects.toThrow(DeadlineError);
});

it("gives up on a server that accepts and says nothing", async () => {
  const silent = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => silent.listen(port, "127.0.0.1", resolve));
  const mute = openDatabase(`postgresql://someone@127.0.0.1:${port}/postgres`);
  await expect(mute.read(limits, async () => undefined)).rejects.toThrow("no connection to the database");
  await mute.close();
  silent.close();
});
