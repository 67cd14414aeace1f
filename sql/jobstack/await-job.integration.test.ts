import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import { createQueueDatabase, declareJobs, insertJobs, queue, value } from "./testing/queue-database.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createQueueDatabase();
  await declareJobs(database.pool);
});
afterEach(async () => {
  await database.drop();
});

async function awaitJob(ms: number): Promise<boolean> {
  return await value(database.pool, "select jobstack.await_job($1, $2)", [queue, ms]);
}

describe("await_job", () => {
  it("is true at once when a job is ready", async () => {
    await insertJobs(database.pool, 1);
    expect(await awaitJob(0)).toBe(true);
  });

  it("is true once a job is committed", async () => {
    const producer = await database.pool.connect();
    await producer.query("begin");
    await insertJobs(producer, 1);
    const waiting = awaitJob(1_000);
    expect(await awaitJob(20)).toBe(false);
    await producer.query("commit");
    producer.release();
    // Should the machine have been too slow for that second, a second look finds it.
    expect((await waiting) || (await awaitJob(0))).toBe(true);
  });

  it("is false when the time is up, which it never takes longer than a second for", async () => {
    expect(await awaitJob(20)).toBe(false);
    expect(await awaitJob(3_600_000)).toBe(false);
  });

  it("sees nothing in a paused queue", async () => {
    await insertJobs(database.pool, 1);
    await database.pool.query("select jobstack.pause_queue($1)", [queue]);
    expect(await awaitJob(20)).toBe(false);
  });
});
