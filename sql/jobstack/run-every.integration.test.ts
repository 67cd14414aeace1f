import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import { createQueueDatabase } from "./testing/queue-database.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createQueueDatabase();
  await database.pool.query(
    "create table public.run (at timestamptz default clock_timestamp(), tx xid8 default pg_current_xact_id())",
  );
});
afterEach(async () => {
  await database.drop();
});

const runEvery = (interval: string, command: string, span: string) =>
  database.pool.query(`call jobstack.run_every('${interval}', ${pg.escapeLiteral(command)}, '${span}')`);
const runs = async () => (await database.pool.query("select at, tx from public.run order by at")).rows;

describe("run_every()", () => {
  it("runs the command at each interval, each time in a transaction of its own", async () => {
    await runEvery("200 milliseconds", "insert into public.run default values", "1 second");
    const all = await runs();
    // On a machine that stalls a run may be skipped, never doubled.
    expect(all.length).toBeGreaterThan(1);
    expect(all.length).toBeLessThanOrEqual(5);
    expect(new Set(all.map(({ tx }) => tx)).size).toBe(all.length);
  });

  it("goes on after a run that failed, keeps the others' work, and fails at the end", async () => {
    const command = `insert into public.run default values;
      do $$ begin if (select count(*) from public.run) = 2 then raise exception 'second run'; end if; end $$`;
    await expect(runEvery("100 milliseconds", command, "1 second")).rejects.toThrow(
      /^\d+ of \d+ runs failed; the last: second run$/,
    );
    expect((await runs()).length).toBe(1);
  });

  it("skips the runs that a slow one overlaps, and starts none that would end too late", async () => {
    await runEvery(
      "100 milliseconds",
      "insert into public.run default values; select pg_sleep(0.35)",
      "1 second",
    );
    expect((await runs()).length).toBeLessThanOrEqual(2);
  });

  it("runs once when the interval is the whole span", async () => {
    await runEvery("1 second", "insert into public.run default values", "1 second");
    expect(await runs()).toHaveLength(1);
  });

  it.each(["0 seconds", "-1 second", "61 seconds"])("refuses an interval of %s", async (interval) => {
    await expect(runEvery(interval, "select 1", "1 minute")).rejects.toThrow(
      /^interval ".*": is not usable; write one of more than nothing and at most 00:01:00$/,
    );
  });
});
