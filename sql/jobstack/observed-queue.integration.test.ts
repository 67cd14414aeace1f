import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import { createObserveTriggers, observed, observeOrders } from "./testing/observed-queue.ts";
import {
  createQueueDatabase,
  declareJobs,
  insertJobs,
  metrics,
  queue,
  sleep,
  value,
  wakeCalls,
  workerId,
} from "./testing/queue-database.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createQueueDatabase();
});
afterEach(async () => {
  await database.drop();
});

const run = (sql: string, values: unknown[] = []) => database.pool.query(sql, values);
const insertOrders = (count: number) =>
  run("insert into public.orders (date) select now() - interval '1 hour' from generate_series(1, $1)", [
    count,
  ]);
const tick = () => value<Record<string, unknown>>(database.pool, "select jobstack.tick()");
const stayAwake = (worker: number) =>
  value<boolean>(database.pool, "select jobstack.stay_awake($1, $2)", [queue, workerId(worker)]);
/** The counts of open jobs, and a fresh count of the table. */
async function openJobs() {
  const { ready, processing } = await metrics(database.pool);
  const { rows } = await run(`select
    count(*) filter (where status = 'pending')::text as ready,
    count(*) filter (where status = 'processing')::text as processing from public.orders`);
  return { counted: { ready, processing }, fresh: rows[0] };
}

describe("an observed queue", () => {
  beforeEach(() => observeOrders(database.pool));

  it("counts what its owner does with the jobs, and calls once for each statement that inserts pending ones", async () => {
    await insertOrders(10_000);
    expect(await wakeCalls(database.pool)).toBe(1);
    await run("insert into public.orders (status) values ('processing'), ('done')");
    expect(await wakeCalls(database.pool)).toBe(1);
    await run(
      "update public.orders set status = 'processing' where id in (select id from public.orders where status = 'pending' limit 7)",
    );
    await run("update public.orders set status = 'done' where status = 'processing'");
    await run(
      "update public.orders set status = 'rejected' where id in (select id from public.orders where status = 'pending' limit 3)",
    );
    await run("delete from public.orders where status in ('done', 'rejected')");
    await run(
      "delete from public.orders where id in (select id from public.orders where status = 'pending' limit 1)",
    );
    expect(await metrics(database.pool)).toMatchObject({
      ready: "9989",
      processing: "0",
      enqueued_total: "10001",
      completed_total: "8",
      failed_total: "3",
      wake_sent_total: "1",
    });
  });

  it("keeps no job of its own and writes nothing to the table", async () => {
    await insertOrders(3);
    const before = await value(database.pool, "select array_agg(o order by id)::text from public.orders o");
    await tick();
    await run("select jobstack.poll($1), jobstack.wake_all_pending($1)", [queue]);
    await run("select jobstack.pause_queue($1)", [queue]);
    await run("select jobstack.resume_queue($1)", [queue]);
    expect(await value(database.pool, "select array_agg(o order by id)::text from public.orders o")).toBe(
      before,
    );
    for (const table of ["ready", "scheduled", "lease", "attempt"]) {
      expect(await value(database.pool, `select count(*)::int from jobstack.${table}`), table).toBe(0);
    }
    await run("select jobstack.remove_queue($1)", [queue]);
    expect(await value(database.pool, "select count(*)::int from public.orders")).toBe(3);
  });

  it("cannot be claimed from", async () => {
    for (const call of ["step($1, $2, '[]', 1)", "heartbeat($1, $2, '{1}')"]) {
      await expect(run(`select jobstack.${call}`, [queue, workerId(1)])).rejects.toThrow(
        'queue "mail": is observed, so its jobs are not claimed here; claim them where they belong, or declare the queue with kind "managed"',
      );
    }
  });

  it("is shown with the ages of its oldest jobs, and with those that hang", async () => {
    expect(await metrics(database.pool)).toMatchObject({
      oldest_ready_at: null,
      oldest_processing_at: null,
      stuck: "0",
    });
    await run(`insert into public.orders (status, date, started) values
      ('pending', '2026-01-02', null), ('pending', '2026-01-01', null), ('done', '2025-01-01', null),
      ('processing', '2026-01-01', '2026-01-03'), ('processing', now(), null)`);
    expect(await metrics(database.pool)).toMatchObject({
      oldest_ready_at: new Date("2026-01-01"),
      oldest_processing_at: new Date("2026-01-03"),
      stuck: "1",
    });
    await run("select jobstack.check_stuck_jobs('a', $1, '10 minutes', 2, 'http://127.0.0.1:1/alert')", [
      queue,
    ]);
    const body = await value(database.pool, "select body from jobstack.alert_message");
    expect(body).toMatchObject({ waiting: 2, processing: 1, status: "firing" });
  });

  it("tells its ages from few pages, however long history and backlog are", async () => {
    await run("alter table public.orders disable trigger user");
    await run(`insert into public.orders (status, date)
      select case when n % 20 = 0 then 'pending' else 'done' end, now() from generate_series(1, 200000) n`);
    await run("analyze public.orders");
    const explain = "explain (analyze, buffers, format json) select * from jobstack.metrics_queue()";
    await run(explain);
    const { rows } = await run(explain);
    const { "Shared Hit Blocks": hit, "Shared Read Blocks": read } = rows[0]["QUERY PLAN"][0].Plan;
    const pages = await value<number>(
      database.pool,
      "select pg_relation_size('public.orders')::int / current_setting('block_size')::int",
    );
    expect((hit + read) / pages).toBeLessThan(5);
    const claim = "explain (analyze, buffers, format json) select jobstack.has_work(id) from jobstack.queue";
    await run(claim);
    const probe = (await run(claim)).rows[0]["QUERY PLAN"][0].Plan;
    expect(probe["Shared Hit Blocks"] + probe["Shared Read Blocks"]).toBeLessThan(30);
  });

  it("is right again with the next count, whatever its triggers missed", async () => {
    await insertOrders(5);
    await run("alter table public.orders disable trigger user");
    await run(
      "update public.orders set status = 'processing' where id = (select id from public.orders limit 1)",
    );
    await insertOrders(2);
    await run("alter table public.orders enable trigger user");
    const before = await openJobs();
    expect(before.counted).not.toEqual(before.fresh);
    await tick();
    const { counted, fresh } = await openJobs();
    expect(counted).toEqual(fresh);
    await run("truncate public.orders");
    await run("update jobstack.queue set counted_at = counted_at - interval '5 minutes'");
    await tick();
    expect((await openJobs()).counted).toEqual({ ready: "0", processing: "0" });
  });

  it("is counted rightly beside statements that run at the same time", async () => {
    const churn = async () => {
      for (let n = 0; n < 30; n++) {
        await insertOrders(3);
        await run(
          "update public.orders set status = 'done' where id in (select id from public.orders where status = 'pending' limit 2 for update skip locked)",
        );
      }
    };
    const ticks = async () => {
      for (let n = 0; n < 30; n++) {
        await run("update jobstack.queue set counted_at = null");
        expect(await tick()).toMatchObject({ errors: [] });
      }
    };
    await Promise.all([churn(), churn(), ticks()]);
    const { counted, fresh } = await openJobs();
    expect(counted).toEqual(fresh);
  });

  it("never fails its owner's statement, whatever is missing", async () => {
    await run("delete from jobstack.queue");
    await insertOrders(1);
    await run("drop schema jobstack cascade");
    await insertOrders(1);
    await run("update public.orders set status = 'done'");
    await run("delete from public.orders where status = 'done'");
    expect(await value(database.pool, "select count(*)::int from public.orders")).toBe(0);
  });

  it("whose table is gone disturbs neither the tick nor the metrics of others", async () => {
    await run("drop table public.orders");
    await run("update jobstack.queue set counted_at = null");
    expect(await tick()).toMatchObject({
      errors: [
        { queue, doing: "count", error: expect.stringContaining("does not exist") },
        { queue, doing: "wake", error: expect.stringContaining("does not exist") },
      ],
    });
    expect(await metrics(database.pool)).toMatchObject({ stuck: null, oldest_ready_at: null });
    await expect(
      run("select jobstack.check_stuck_jobs('a', $1, '1 hour', 0, 'http://x')", [queue]),
    ).rejects.toThrow('queue "mail": its table cannot be read');
  });
});

describe("the worker of an observed queue", () => {
  beforeEach(() => observeOrders(database.pool));

  it("is not called while it is awake, and cannot fall asleep over a job", async () => {
    expect(await stayAwake(1)).toBe(true);
    await insertOrders(1);
    expect(await wakeCalls(database.pool)).toBe(0);
    expect(await sleep(database.pool, 1)).toBe(false);
    await run("update public.orders set status = 'done'");
    expect(await sleep(database.pool, 1)).toBe(true);
    await insertOrders(1);
    expect(await wakeCalls(database.pool)).toBe(1);
  });

  it("cannot fall asleep while an insert that counted on it has not committed", async () => {
    await stayAwake(1);
    const producer = await database.pool.connect();
    try {
      await producer.query("begin");
      await producer.query("insert into public.orders default values");
      expect(await sleep(database.pool, 1)).toBe(false);
      await producer.query("commit");
      expect(await sleep(database.pool, 1)).toBe(false);
    } finally {
      producer.release();
    }
  });

  it("is called by the tick for what no insert announced, unless one is awake", async () => {
    await run("insert into public.orders (status) values ('processing')");
    expect(await tick()).toMatchObject({ woken: 0 });
    await run("update public.orders set status = 'pending'");
    await stayAwake(1);
    expect(await tick()).toMatchObject({ woken: 0 });
    await run("delete from jobstack.worker");
    expect(await tick()).toMatchObject({ woken: 1 });
    expect(await tick()).toMatchObject({ woken: 0 });
  });

  it("is told to rest while the queue is paused, and called when it is resumed", async () => {
    await run("select jobstack.pause_queue($1)", [queue]);
    await insertOrders(1);
    expect(await stayAwake(1)).toBe(false);
    expect(await sleep(database.pool, 1)).toBe(true);
    expect(await wakeCalls(database.pool)).toBe(0);
    await run("select jobstack.resume_queue($1)", [queue]);
    expect(await wakeCalls(database.pool)).toBe(1);
  });
});

describe("declaring an observed queue", () => {
  const declare = (config: Record<string, unknown>) =>
    run("select jobstack.declare_queue($1, $2)", [queue, { ...observed, ...config }]);

  it("shows what was declared and nothing that is about claiming", async () => {
    await observeOrders(database.pool);
    expect(
      await value(database.pool, "select jsonb_strip_nulls(jobstack.describe_queue($1))", [queue]),
    ).toEqual({
      ...observed,
      status_column: "status",
      wake_timeout_ms: 5000,
      stuck_after_seconds: 300,
      types: { status: "text" },
    });
  });

  it("names every problem in one error", async () => {
    await run("create table public.bare (id int, status text check (status in ('open', 'closed')), at date)");
    const statement = declare({
      table: "public.bare",
      created_at_column: null,
      completed_at_column: null,
      started_at_column: "at",
      statuses: { processing: "busy" },
      max_attempts: 3,
      id_column: "id",
    });
    await expect(statement).rejects.toThrow(
      [
        "id_column is not for an observed queue, whose jobs are not claimed here; leave it out",
        "max_attempts is not for an observed queue, whose jobs are not claimed here; leave it out",
        "an observed queue needs created_at_column, which is null; name the column that says when a job was made",
        "statuses.pending is missing; write the table's own word for it",
        'id_column "id" has no unique index; add one, or a primary key',
        'statuses.processing is "busy", which check constraint "bare_status_check" refuses; write a word that it allows',
        'started_at_column "at" is of type date; write a column of type timestamp with time zone, timestamp without time zone',
      ]
        .map((problem) => `queue "mail": ${problem}`)
        .join("\n"),
    );
  });

  it("refuses a table whose open jobs no index finds", async () => {
    const table = "public.bare";
    await run(
      "create table public.bare (state text, date timestamptz, started timestamptz, ended timestamptz)",
    );
    const config = { table, status_column: "state", statuses: { pending: "pending" } };
    await expect(declare(config)).rejects.toThrow(
      'queue "mail": table "public.bare" has no index that finds jobs whose state is "pending"; create one on (state), or one with a condition that admits it',
    );
    await run("create index on public.bare (date) where state = 'pending'");
    await declare(config);
    await expect(
      declare({ ...config, statuses: { pending: "pending", processing: "busy" } }),
    ).rejects.toThrow('no index that finds jobs whose state is "busy"');
  });

  it("needs no more than reading the table", async () => {
    await database.admin.query(`create schema theirs; grant usage on schema theirs to postgres;
      create table theirs.orders (status text, date timestamptz, started timestamptz, ended timestamptz);
      create index on theirs.orders (status);
      revoke all on theirs.orders from postgres;
      grant select on theirs.orders to postgres`);
    const table = "theirs.orders";
    await declare({ table });
    await database.admin.query("insert into theirs.orders values ('pending', now())");
    expect(await tick()).toMatchObject({ woken: 1, errors: [] });
  });

  it("begins anew when the kind changes, which it may not while jobs are open", async () => {
    await observeOrders(database.pool);
    await insertOrders(2);
    const managed = { ...observed, kind: "managed", created_at_column: null };
    await run("select jobstack.declare_queue($1, $2)", [queue, managed]);
    expect(await metrics(database.pool)).toMatchObject({ ready: "0", enqueued_total: "0" });
    await run("select jobstack.poll($1)", [queue]);
    expect(await metrics(database.pool)).toMatchObject({ ready: "2" });
    await expect(declare({})).rejects.toThrow("while jobs are open");
  });

  it("stands beside managed queues", async () => {
    await declareJobs(database.pool);
    await insertJobs(database.pool, 1);
    await run(
      "create table public.orders (status text, date timestamptz, started timestamptz, ended timestamptz)",
    );
    await run("create index on public.orders (status)");
    await run("select jobstack.declare_queue('orders', $1)", [{ ...observed }]);
    expect(await tick()).toMatchObject({ errors: [] });
    expect(await metrics(database.pool)).toMatchObject({ ready: "1", stuck: "0" });
  });
});

it("the triggers can be made again", async () => {
  await observeOrders(database.pool);
  await createObserveTriggers(database.pool);
});
