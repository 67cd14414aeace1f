import { afterEach, describe, expect, it } from "vitest";
import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import { Database } from "./database.ts";

const testDatabase = useTestDatabase(
  async ({ pool }) => void (await pool.query("create table public.t (id int); create sequence public.s")),
);
const opened: Database[] = [];

function open(options: { lockTimeout?: string; statementTimeout?: string } = {}): Database {
  const { lockTimeout = "100ms", statementTimeout = "5s" } = options;
  const database = new Database({
    databaseUrl: testDatabase().url,
    lockTimeout,
    statementTimeout,
    retryDelayMs: 1,
  });
  opened.push(database);
  return database;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((database) => database.close()));
});

describe("Database", () => {
  it("lets the server refuse any change while it reads", async () => {
    const database = open();
    for (const statement of [
      "create table u ()",
      "insert into public.t values (1)",
      "select nextval('public.s')",
    ]) {
      await expect(database.read((sql) => sql.query(statement))).rejects.toThrow("read-only transaction");
    }
    await expect(database.reader.query("create table u ()")).rejects.toThrow("read-only transaction");
  });

  it("rolls everything back when one statement fails", async () => {
    const failing = open().change(async (sql) => {
      await sql.statement("create table public.u ()");
      await sql.query("select 1 / 0");
    });
    await expect(failing).rejects.toThrow("division by zero");
    const { rows } = await testDatabase().pool.query(
      "select pg_catalog.to_regclass('public.u') is null as gone",
    );
    expect(rows).toEqual([{ gone: true }]);
  });

  it("tries a change again as a whole until it gets the lock", async () => {
    const blocker = await testDatabase().pool.connect();
    await blocker.query("begin; lock table public.t");
    let attempts = 0;
    await open().change(async (sql) => {
      attempts += 1;
      if (attempts === 3) await blocker.query("commit");
      await sql.statement("alter table public.t add column if not exists note text");
    });
    blocker.release();
    expect(attempts).toBe(3);
  });

  it("gives up when the lock stays taken, within a bound", async () => {
    const blocker = await testDatabase().pool.connect();
    await blocker.query("begin; lock table public.t");
    let attempts = 0;
    const change = open({ lockTimeout: "10ms" }).change(async (sql) => {
      attempts += 1;
      await sql.statement("alter table public.t add column never int");
    });
    await expect(change).rejects.toThrow("canceling statement due to lock timeout");
    await blocker.query("rollback");
    blocker.release();
    expect(attempts).toBe(5);
  });

  it("names the error that came first when statements are under way together", async () => {
    const failing = open().change((sql) =>
      Promise.all([
        // The one that fails has the longer way to go.
        (async () => await (async () => await sql.query("select 1 / 0"))())(),
        sql.query("select 1"),
      ]),
    );
    await expect(failing).rejects.toThrow("division by zero");
  });

  it("refuses a statement that comes after the end of its transaction", async () => {
    let late: Promise<unknown> = Promise.resolve();
    let fail = () => {};
    const failed = new Promise<void>((resolve) => (fail = resolve));
    const failing = open().change((sql) => {
      late = failed.then(() => sql.statement("create table public.late ()"));
      return sql.query("select 1 / 0");
    });
    await expect(failing).rejects.toThrow("division by zero");
    fail();
    await expect(late).rejects.toThrow("a statement came after the end of its transaction");
  });

  it("lets many providers grant on one object at once", async () => {
    // Without turns Postgres answers some of these with "tuple concurrently updated".
    const databases = Array.from({ length: 4 }, () => open());
    const changes = Array.from({ length: 40 }, (_, index) =>
      databases[index % 4]?.change((sql) =>
        sql.statement(`grant select on public.t to ${index % 2 ? "anon" : "service_role"}`),
      ),
    );
    await expect(Promise.all(changes)).resolves.toHaveLength(40);
  });

  it("waits for another deployment longer than for a lock, and then says what it waited for", async () => {
    const holder = open();
    const change = holder.change(async () => {
      await expect(open({ statementTimeout: "200ms" }).change(async () => {})).rejects.toThrow(
        "another deployment is changing this database; try again when it is done",
      );
    });
    await change;
  });

  it("runs one statement where one is expected", async () => {
    const two = open().change((sql) => sql.statement("select 1; select 2"));
    await expect(two).rejects.toThrow("cannot insert multiple commands into a prepared statement");
  });

  it("survives the loss of its connections", async () => {
    const database = open();
    await database.read((sql) => sql.query("select 1"));
    await testDatabase().admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'jobstack provider' and datname = current_database()",
    );
    await expect
      .poll(() => database.read((sql) => sql.query("select 1 as one")).catch(() => []))
      .toEqual([{ one: 1 }]);
  });
});
