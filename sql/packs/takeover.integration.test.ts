import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/test-database.ts";
import { handMadeTable, rowsAsTheyLie } from "./testing/hand-made.ts";
import { installPacks } from "./testing/install-packs.ts";
import { openWorker } from "./testing/pack-database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(handMadeTable);
});
afterAll(() => database.drop());

it("takes a table that was made by hand over without touching it or a row, and then its pending jobs", async () => {
  const columns = "select attname, atttypid from pg_attribute where attrelid = 'public.job_queue'::regclass";
  const read = async (sql: string) => (await database.pool.query(sql)).rows;
  const before = { rows: await read(rowsAsTheyLie), columns: await read(columns) };
  await installPacks(database.pool, { schema: "public", existingTable: true });
  expect({ rows: await read(rowsAsTheyLie), columns: await read(columns) }).toEqual(before);

  await database.pool.query("select jobstack.poll('packs')");
  expect(await read(rowsAsTheyLie)).toEqual(before.rows);
  const worker = openWorker(database.pool, 1);
  const claims = await worker.claim(100);
  expect(claims).toHaveLength(10);
  for (const claim of claims) {
    await worker.finish(claim, { outcome: "failed", error: "no answer" });
  }
  const outcomes = await read(
    `select status, retry_count, count(*)::int from public.job_queue where error_message = 'no answer'
     group by 1, 2 order by 1, 2`,
  );
  // Pending rows had 0, 1 and 2 retries behind them, of which 2 are allowed.
  expect(outcomes).toEqual([
    { status: "failed", retry_count: 2, count: 3 },
    { status: "pending", retry_count: 1, count: 3 },
    { status: "pending", retry_count: 2, count: 4 },
  ]);
});
