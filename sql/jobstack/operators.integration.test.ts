import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import {
  type Claim,
  createQueueDatabase,
  declare,
  declareJobs,
  heartbeat,
  insertJobs,
  metrics,
  report,
  step,
  value,
  wakeCalls,
  workerId,
} from "./testing/queue-database.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createQueueDatabase();
  await declareJobs(database.pool, { max_attempts: 1 });
});
afterEach(async () => {
  await database.drop();
});

const run = (sql: string, values: unknown[] = []) => database.pool.query(sql, values);
const cancel = (id: string) => value<boolean>(database.pool, "select jobstack.cancel('mail', $1)", [id]);
const redrive = (ids: string[] | null) =>
  value<number>(database.pool, "select jobstack.redrive('mail', $1)", [ids]);
const row = async (id: string) => (await run("select * from public.jobs where id = $1", [id])).rows[0];
const claim = async (count: number) => {
  await insertJobs(database.pool, count);
  return (await step(database.pool, 1, count)) as [Claim, ...Claim[]];
};
const fail = async (claims: readonly Claim[]) =>
  step(
    database.pool,
    1,
    0,
    claims.map((each) => report(each, { outcome: "failed", error: "broken" })),
  );

describe("cancel()", () => {
  it("ends a job that waits, which is never given out", async () => {
    const [first, second] = await insertJobs(database.pool, 2);
    expect(await cancel(first ?? "")).toBe(true);
    expect(await row(first ?? "")).toMatchObject({
      status: "failed",
      error: "cancelled",
      completed_at: expect.any(Date),
    });
    expect(await metrics(database.pool)).toMatchObject({
      ready: "1",
      cancelled_total: "1",
      failed_total: "0",
    });
    expect(await step(database.pool, 1, 5)).toMatchObject([{ job_id: second }]);
  });

  it("ends a job that waits for another attempt", async () => {
    await declare(database.pool, { max_attempts: 3, backoff_base_seconds: 60 });
    const [held] = await claim(1);
    await fail([held]);
    expect(await metrics(database.pool)).toMatchObject({ scheduled: "1" });
    expect(await cancel(held.job_id)).toBe(true);
    expect(await metrics(database.pool)).toMatchObject({ scheduled: "0", cancelled_total: "1" });
  });

  it("takes a job in work from its worker, which sees it at its next heartbeat and cannot end it", async () => {
    const [first, second] = await claim(2);
    expect(await cancel(first.job_id)).toBe(true);
    const { rows } = await run("select job_ids from jobstack.heartbeat('mail', $1, $2)", [
      workerId(1),
      [first.token],
    ]);
    expect(rows).toEqual([{ job_ids: [second?.job_id] }]);
    await step(database.pool, 1, 0, [report(first, { outcome: "completed", result: 1 })]);
    expect(await row(first.job_id)).toMatchObject({ status: "failed", error: "cancelled", result: null });
    expect(await metrics(database.pool)).toMatchObject({ processing: "1", completed_total: "0" });
    expect(await cancel(second?.job_id ?? "")).toBe(true);
    expect(await heartbeat(database.pool, 1, [first.token])).toEqual([]);
    expect(await metrics(database.pool)).toMatchObject({ processing: "0", cancelled_total: "2" });
  });

  it("writes the table's own word for it, where one is declared", async () => {
    await declare(database.pool, {
      statuses: {
        pending: "pending",
        processing: "processing",
        completed: "completed",
        failed: "failed",
        cancelled: "called off",
      },
    });
    const [id] = await insertJobs(database.pool, 1);
    await cancel(id ?? "");
    expect(await row(id ?? "")).toMatchObject({ status: "called off" });
  });

  it("does nothing to a job that has ended, or that nobody knows", async () => {
    const [held] = await claim(1);
    await step(database.pool, 1, 0, [report(held, { outcome: "completed" })]);
    expect(await cancel(held.job_id)).toBe(false);
    expect(await cancel("999")).toBe(false);
    await expect(run("select jobstack.cancel('post', '1')")).rejects.toThrow('queue "post": is not declared');
    expect(await row(held.job_id)).toMatchObject({ status: "completed" });
  });

  it("waits for a worker that ends the job, and comes too late", async () => {
    const [held] = await claim(1);
    const worker = await database.pool.connect();
    try {
      await worker.query("begin");
      await step(worker, 1, 0, [report(held, { outcome: "completed" })]);
      const cancelled = cancel(held.job_id);
      await worker.query("commit");
      expect(await cancelled).toBe(false);
    } finally {
      worker.release();
    }
  });

  it("waits for a worker that claims the job, and takes it away", async () => {
    const [id] = await insertJobs(database.pool, 1);
    const worker = await database.pool.connect();
    try {
      await worker.query("begin");
      const claims = await step(worker, 1, 1);
      const cancelled = cancel(id ?? "");
      await worker.query("commit");
      expect(await cancelled).toBe(true);
      expect(await heartbeat(worker, 1, [claims[0]?.token ?? ""])).toEqual([]);
    } finally {
      worker.release();
    }
  });

  it("neither deadlocks with workers that claim and end the same jobs nor loses count", async () => {
    const ids = await insertJobs(database.pool, 60);
    const work = async (worker: number) => {
      let held: Claim[] = [];
      do {
        held = await step(
          database.pool,
          worker,
          3,
          held.map((each) => report(each, { outcome: "completed" })),
        );
      } while (held.length > 0);
    };
    const cancelAll = async () => {
      for (const id of ids) await cancel(id);
    };
    await Promise.all([work(1), work(2), cancelAll()]);
    const { rows } = await run("select status, count(*)::text as jobs from public.jobs group by 1");
    const counts = Object.fromEntries(rows.map(({ status, jobs }) => [status, jobs]));
    expect(await metrics(database.pool)).toMatchObject({
      ready: "0",
      processing: "0",
      scheduled: "0",
      completed_total: counts.completed ?? "0",
      cancelled_total: counts.failed ?? "0",
    });
  });
});

describe("redrive()", () => {
  it("makes the jobs it is given pending again, as new, and calls for a worker", async () => {
    const claims = await claim(3);
    await fail(claims);
    await run("delete from jobstack.worker");
    const calls = await wakeCalls(database.pool);
    expect(await redrive([claims[0].job_id, "999"])).toBe(1);
    expect(await wakeCalls(database.pool)).toBe(calls + 1);
    expect(await row(claims[0].job_id)).toMatchObject({ status: "pending", completed_at: null });
    expect(await metrics(database.pool)).toMatchObject({ ready: "1", failed_total: "3" });
    expect(await step(database.pool, 1, 5)).toMatchObject([{ job_id: claims[0].job_id, attempt: 1 }]);
    expect(await value(database.pool, "select count(*)::int from jobstack.attempt")).toBe(2);
  });

  it("makes all that failed pending again, and none that ended well or is open", async () => {
    const [done, open, ...failed] = await claim(5);
    await step(database.pool, 1, 0, [report(done, { outcome: "completed" })]);
    await fail(failed);
    expect(await redrive(null)).toBe(3);
    expect(await redrive(null)).toBe(0);
    expect(await row(done.job_id)).toMatchObject({ status: "completed" });
    expect(await row(open?.job_id ?? "")).toMatchObject({ status: "processing" });
    expect(await step(database.pool, 1, 5)).toHaveLength(3);
  });

  it("brings back a job that was cancelled, when it is named", async () => {
    const statuses = {
      pending: "pending",
      processing: "processing",
      completed: "completed",
      failed: "failed",
    };
    await declare(database.pool, { statuses: { ...statuses, cancelled: "called off" } });
    const [id] = await insertJobs(database.pool, 1);
    await cancel(id ?? "");
    expect(await redrive(null)).toBe(0);
    expect(await redrive([id ?? ""])).toBe(1);
  });

  it("leaves a job alone whose key an open job has, and of several with one key brings back one", async () => {
    await run("create unique index on public.jobs (key) where status in ('pending', 'processing')");
    await declare(database.pool, { max_attempts: 1, key_column: "key" });
    for (const key of ["a", "a", "b"]) {
      await run("insert into public.jobs (key) values ($1)", [key]);
      await fail(await step(database.pool, 1, 1));
    }
    await run("insert into public.jobs (key) values ('b')");
    expect(await redrive(null)).toBe(1);
    expect(
      await value(
        database.pool,
        "select array_agg(key order by key) from public.jobs where status = 'pending'",
      ),
    ).toEqual(["a", "b"]);
  });
});

describe("progress()", () => {
  const progress = (worker: number, { job_id, token }: Claim, at: unknown) =>
    value<boolean>(database.pool, "select jobstack.progress('mail', $1, $2, $3, $4)", [
      workerId(worker),
      token,
      job_id,
      JSON.stringify(at),
    ]);

  it.each([
    ["jsonb", { done: 3, of: 5 }],
    ["int", 60],
  ])("is written to a column of type %s by the job's holder alone", async (type, at) => {
    await run(`alter table public.jobs add progress ${type}`);
    await declare(database.pool, { progress_column: "progress" });
    const [held] = await claim(1);
    expect(await progress(1, held, at)).toBe(true);
    expect(await row(held.job_id)).toMatchObject({ status: "processing", progress: at });
    expect(await progress(2, held, 1)).toBe(false);
    expect(await progress(1, { ...held, job_id: "999" }, 1)).toBe(false);
    await step(database.pool, 1, 0, [report(held, { outcome: "completed" })]);
    expect(await progress(1, held, 1)).toBe(false);
    expect(await row(held.job_id)).toMatchObject({ progress: at });
  });

  it("extends no lease", async () => {
    await run("alter table public.jobs add progress int");
    await declare(database.pool, { progress_column: "progress" });
    const [held] = await claim(1);
    const until = () => value(database.pool, "select lease_until::text from jobstack.lease");
    const before = await until();
    await progress(1, held, 10);
    expect(await until()).toBe(before);
  });

  it("needs a column for it", async () => {
    const [held] = await claim(1);
    await expect(progress(1, held, 10)).rejects.toThrow(
      'queue "mail": has no progress column; declare it with progress_column',
    );
  });
});

describe("rights", () => {
  it("to cancel and redrive are the owner's alone; workers may tell their progress", async () => {
    const may = (call: string) =>
      value<boolean>(database.pool, "select has_function_privilege('service_role', $1, 'execute')", [call]);
    expect(await may("jobstack.cancel(text, text)")).toBe(false);
    expect(await may("jobstack.redrive(text, text[])")).toBe(false);
    expect(await may("jobstack.progress(text, uuid, bigint, text, jsonb)")).toBe(true);
  });
});
