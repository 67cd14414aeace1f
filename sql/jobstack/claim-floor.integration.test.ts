import type { PoolClient } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import {
  createQueueDatabase,
  type Database,
  declareJobs,
  insertJobs,
  metrics,
  queue,
  raiseFloorsAfter,
  sleep,
  value,
  workerId,
} from "./testing/queue-database.ts";

/** More than are claimed here before a floor is raised. */
const many = 500;

let database: TestDatabase;
let other: PoolClient;

beforeEach(async () => {
  database = await createQueueDatabase();
  await declareJobs(database.pool);
  await raiseFloorsAfter(database.pool, 200);
  other = await database.pool.connect();
});
afterEach(async () => {
  other.release();
  await database.drop();
});

/** Claims up to a hundred jobs; their ids in the order of the claim. */
async function claim(client: Database, worker = 1, want = 100): Promise<string[]> {
  const { rows } = await client.query("select job_ids from jobstack.step_batch($1, $2, '[]', $3)", [
    queue,
    workerId(worker),
    want,
  ]);
  return rows[0]?.job_ids ?? [];
}

/** Claims until there is nothing left. */
async function claimAll(worker = 1): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const ids = await claim(database.pool, worker);
    if (ids.length === 0) return all;
    all.push(...ids);
  }
}

const floors = () => value<string[]>(database.pool, "select seqs from jobstack.claim_floor");

describe("the floor of a queue's claims", () => {
  it("rises over what was claimed, so that a claim beside an old transaction reads no dead rows below it", async () => {
    await other.query("begin; select pg_current_xact_id()");
    await insertJobs(database.pool, 4 * many);
    await claimAll();
    await insertJobs(database.pool, 3);
    const before = await rowsFetched();
    expect(await claim(database.pool)).toHaveLength(3);
    expect((await rowsFetched()) - before).toBeLessThan(2 * many);
    await other.query("rollback");
  });

  it.each(["read committed", "repeatable read", "serializable"])(
    "stays below a job whose %s transaction is not committed",
    async (isolation) => {
      await other.query(`begin isolation level ${isolation}`);
      const [late] = await insertJobs(other, 1);
      await insertJobs(database.pool, 3 * many);
      await claimAll();
      expect(Number((await floors())[0])).toBeLessThanOrEqual(1);
      await other.query("commit");
      expect(await claimAll()).toEqual([late]);
      expect(await sleep(database.pool, 1)).toBe(true);
    },
  );

  it("stays below a job that an operator's open transaction makes ready again", async () => {
    const [failed] = await insertJobs(database.pool, 1);
    const [token] = (
      await database.pool.query("select token from jobstack.step_batch($1, $2, '[]', 1)", [
        queue,
        workerId(1),
      ])
    ).rows;
    const done = [{ id: failed, token: token.token, outcome: "failed", error: "no", retryable: false }];
    await database.pool.query("select jobstack.step_batch($1, $2, $3, 0)", [
      queue,
      workerId(1),
      JSON.stringify(done),
    ]);
    await other.query("begin");
    expect(await value(other, `select jobstack.redrive('${queue}')`)).toBe(1);
    await insertJobs(database.pool, 3 * many);
    await claimAll();
    await other.query("commit");
    expect(await claimAll()).toEqual([failed]);
  });

  it("stays below jobs of a claim that is rolled back", async () => {
    await insertJobs(database.pool, 3 * many);
    await other.query("begin");
    const given = await claim(other, 2);
    const rest = await claimAll();
    await other.query("rollback");
    expect(given).toHaveLength(100);
    expect(rest).toHaveLength(3 * many - 100);
    expect(await claimAll()).toEqual(given);
  });

  it("falls again with a transaction that gives back what it claimed", async () => {
    await insertJobs(database.pool, 2 * many);
    await other.query("begin");
    let given = 0;
    while (given < 2 * many) given += (await claim(other)).length;
    expect(await value(other, "select seqs <> '{}' from jobstack.claim_floor")).toBe(true);
    await other.query("rollback");
    expect(await claimAll()).toHaveLength(2 * many);
  });

  it("changes no order: the higher priority first, then as they came", async () => {
    await insertJobs(database.pool, 2 * many);
    await insertJobs(database.pool, 2 * many, 5);
    await claimAll();
    expect(await floors()).toHaveLength(2);
    const low = await insertJobs(database.pool, 2);
    const between = await insertJobs(database.pool, 2, 3);
    const same = await insertJobs(database.pool, 2, 5);
    const top = await insertJobs(database.pool, 2, 2_147_483_647);
    const bottom = await insertJobs(database.pool, 2, -2_147_483_648);
    expect((await metrics(database.pool)).ready).toBe("10");
    expect(await claim(database.pool)).toEqual([...top, ...same, ...between, ...low, ...bottom]);
  });

  it("is forgotten when the numbers of jobs begin again, as in a copy by logical replication", async () => {
    await insertJobs(database.pool, 2 * many);
    await claimAll();
    await database.pool.query("alter table jobstack.ready alter seq restart");
    const ids = await insertJobs(database.pool, 2);
    await database.pool.query("select jobstack.tick()");
    expect(await claimAll()).toEqual(ids);
  });
});

/** Rows of ready that were read by its index so far. */
async function rowsFetched(): Promise<number> {
  await database.pool.query("select pg_stat_force_next_flush()");
  return value(
    database.pool,
    "select idx_tup_read::int from pg_stat_user_indexes where indexrelname = 'ready_claim_order'",
  );
}
