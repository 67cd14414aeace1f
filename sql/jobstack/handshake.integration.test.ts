import type { PoolClient } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import {
  createQueueDatabase,
  declareJobs,
  insertJobs,
  metrics,
  sleep,
  step,
  value,
  wakeCalls,
} from "./testing/queue-database.ts";

let database: TestDatabase;
let producer: PoolClient;
let worker: PoolClient;

beforeEach(async () => {
  database = await createQueueDatabase();
  await declareJobs(database.pool);
  producer = await database.pool.connect();
  worker = await database.pool.connect();
});
afterEach(async () => {
  producer.release();
  worker.release();
  await database.drop();
});

/** Worker 1 is awake and the queue is empty: the moment before it falls asleep. */
async function awake() {
  expect(await step(worker, 1, 10)).toEqual([]);
}

describe("no insert is lost between a worker's last look and its sleep", () => {
  it("when the insert commits before: the worker stays awake and finds it", async () => {
    await awake();
    await insertJobs(producer, 1);
    expect(await sleep(worker, 1)).toBe(false);
    expect(await step(worker, 1, 10)).toHaveLength(1);
    expect(await wakeCalls(database.pool)).toBe(0);
  });

  it("when the insert is under way: the worker stays awake until it sees it", async () => {
    await awake();
    await producer.query("begin");
    await insertJobs(producer, 1);
    expect(await step(worker, 1, 10)).toEqual([]);
    expect(await sleep(worker, 1)).toBe(false);
    await producer.query("commit");
    expect(await sleep(worker, 1)).toBe(false);
    expect(await step(worker, 1, 10)).toHaveLength(1);
    expect(await wakeCalls(database.pool)).toBe(0);
  });

  it("when the insert under way is rolled back: the worker falls asleep", async () => {
    await awake();
    await producer.query("begin");
    await insertJobs(producer, 1);
    expect(await sleep(worker, 1)).toBe(false);
    await producer.query("rollback");
    expect(await sleep(worker, 1)).toBe(true);
  });

  it("when the worker is falling asleep: the insert calls", async () => {
    await awake();
    await worker.query("begin");
    expect(await sleep(worker, 1)).toBe(true);
    await insertJobs(producer, 1);
    expect(await wakeCalls(database.pool)).toBe(1);
    await worker.query("commit");
    expect(await wakeCalls(database.pool)).toBe(1);
  });

  it("when the worker's falling asleep is rolled back after the insert called: it works on", async () => {
    await awake();
    await worker.query("begin");
    expect(await sleep(worker, 1)).toBe(true);
    await insertJobs(producer, 1);
    await worker.query("rollback");
    expect(await step(worker, 1, 10)).toHaveLength(1);
  });

  it("when the worker sleeps already: the insert calls", async () => {
    await awake();
    expect(await sleep(worker, 1)).toBe(true);
    await insertJobs(producer, 1);
    expect(await wakeCalls(database.pool)).toBe(1);
  });

  it("when the worker slept after the insert's transaction had begun: the insert calls", async () => {
    await awake();
    await producer.query("begin");
    await producer.query("select count(*) from public.jobs");
    expect(await sleep(worker, 1)).toBe(true);
    await insertJobs(producer, 1);
    await producer.query("commit");
    expect(await wakeCalls(database.pool)).toBe(1);
  });

  it.each(["repeatable read", "serializable"])(
    "when a %s insert still sees the worker that sleeps: it calls",
    async (isolation) => {
      await awake();
      await producer.query(`begin isolation level ${isolation}`);
      expect(await value(producer, "select count(*)::int from jobstack.worker")).toBe(1);
      expect(await sleep(worker, 1)).toBe(true);
      await insertJobs(producer, 1);
      expect(await value(producer, "select count(*)::int from jobstack.worker where not expected")).toBe(1);
      await producer.query("commit");
      expect(await wakeCalls(database.pool)).toBe(1);
    },
  );

  it("when the worker sleeps right after one it was called for: the next insert calls again", async () => {
    await insertJobs(producer, 1);
    expect(await wakeCalls(database.pool)).toBe(1);
    expect(await step(worker, 1, 10)).toHaveLength(1);
    expect(await sleep(worker, 1)).toBe(true);
    await insertJobs(producer, 1);
    expect(await wakeCalls(database.pool)).toBe(2);
  });

  it("when another worker stays: the insert relies on that one", async () => {
    await awake();
    await step(worker, 2, 10);
    expect(await sleep(worker, 1)).toBe(true);
    await insertJobs(producer, 1);
    expect(await wakeCalls(database.pool)).toBe(0);
    expect(await sleep(worker, 2)).toBe(false);
  });
});

describe("racing inserts and sleeps", () => {
  it("never leave a job without a call and without a worker", async () => {
    let calls = 0;
    const outcomes = new Set<string>();
    for (let round = 0; round < 150; round++) {
      await awake();
      const [asleep] = await Promise.all([sleep(worker, 1), insertJobs(producer, 1)]);
      const called = (await wakeCalls(database.pool)) - calls;
      calls += called;
      outcomes.add(`${asleep ? "asleep" : "awake"}, ${called} calls`);
      if (asleep) expect(called).toBe(1);
      expect(await step(worker, 1, 10)).toHaveLength(1);
    }
    expect(outcomes.size).toBeGreaterThan(1);
  });
});

describe("sleep()", () => {
  it("is refused while a retry is due or a lease has expired", async () => {
    await worker.query("select set_config('jobstack.fake_now', '2026-01-01T00:00:00Z', false)");
    await insertJobs(producer, 1);
    await step(worker, 1, 1);
    expect(await sleep(worker, 2)).toBe(true);
    await worker.query("select set_config('jobstack.fake_now', '2026-01-01T00:01:01Z', false)");
    expect(await sleep(worker, 2)).toBe(false);
    await step(worker, 2, 1);
    expect(await sleep(worker, 2)).toBe(true);
    await worker.query("select set_config('jobstack.fake_now', '2026-01-01T00:02:00Z', false)");
    expect(await sleep(worker, 2)).toBe(false);
    await worker.query("select set_config('jobstack.fake_now', '', false)");
  });

  it("is granted while the queue is paused, and resuming calls a worker again", async () => {
    await awake();
    await insertJobs(producer, 1);
    await producer.query("select jobstack.pause_queue('mail')");
    expect(await sleep(worker, 1)).toBe(true);
    await insertJobs(producer, 1);
    expect(await wakeCalls(database.pool)).toBe(0);
    await producer.query("select jobstack.resume_queue('mail')");
    expect(await wakeCalls(database.pool)).toBe(1);
    expect(await metrics(database.pool)).toMatchObject({ paused: false, ready: "2" });
  });

  it("is refused with an error where it could not see the newest jobs", async () => {
    await worker.query("begin isolation level repeatable read");
    await expect(sleep(worker, 1)).rejects.toThrow(
      'queue "mail": sleep() was called in a repeatable read transaction, which cannot see the newest jobs; call it in read committed',
    );
    await worker.query("rollback");
  });
});
