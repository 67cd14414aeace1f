import { describe, expect, it } from "vitest";
import {
  declare,
  declareJobs,
  insertJobs,
  metrics,
  report,
  setClock,
  sleep,
  step,
  value,
  wakeCalls,
} from "./testing/queue-database.ts";
import { useQueueClient } from "./testing/use-queue-client.ts";

const { database, client } = useQueueClient();

const tick = () => value<Record<string, unknown>>(client(), "select jobstack.tick()");
const poll = () => value<string>(client(), "select jobstack.poll('mail')");

describe("tick()", () => {
  it("makes due retries ready and calls a worker for them", async () => {
    await declareJobs(client(), { backoff_base_seconds: 10 });
    await insertJobs(client(), 1);
    const [claim] = await step(client(), 1, 1);
    if (claim === undefined) throw new Error("nothing was claimed");
    await step(client(), 1, 0, [report(claim, { outcome: "failed" })]);
    await sleep(client(), 1);
    expect(await tick()).toMatchObject({ promoted: 0, woken: 0 });
    await setClock(client(), "2026-01-01T00:00:10Z");
    expect(await tick()).toMatchObject({ promoted: 1, woken: 1, errors: [] });
    expect(await wakeCalls(client())).toBe(2);
    expect(await metrics(client())).toMatchObject({ ready: "1", scheduled: "0" });
  });

  it("calls again for work whose wake-up was lost", async () => {
    await declareJobs(client());
    await insertJobs(client(), 1);
    expect(await tick()).toMatchObject({ woken: 0 });
    await setClock(client(), "2026-01-01T00:00:06Z");
    expect(await tick()).toMatchObject({ woken: 1 });
    expect(await wakeCalls(client())).toBe(2);
  });

  it("calls nobody for an empty queue, a paused one, one with an awake worker, or one without an address", async () => {
    await declareJobs(client());
    expect(await tick()).toMatchObject({ woken: 0 });
    await step(client(), 1, 1);
    await insertJobs(client(), 1);
    expect(await tick()).toMatchObject({ woken: 0 });
    await setClock(client(), "2026-01-01T00:01:00Z");
    await client().query("select jobstack.pause_queue('mail')");
    expect(await tick()).toMatchObject({ woken: 0 });
    await client().query("select jobstack.resume_queue('mail')");
    await setClock(client(), "2026-01-01T00:02:00Z");
    await declare(client(), { wake_url: null });
    expect(await tick()).toMatchObject({ woken: 0 });
    expect(await wakeCalls(client())).toBe(1);
  });

  it("folds the counters without changing what they say", async () => {
    await declareJobs(client());
    await insertJobs(client(), 3);
    await step(client(), 1, 2);
    const before = await metrics(client());
    expect(await tick()).toMatchObject({ folded: 3 });
    expect(await value(client(), "select count(*)::int from jobstack.count_delta")).toBe(0);
    expect(await metrics(client())).toEqual(before);
    await insertJobs(client(), 1);
    await tick();
    expect(await metrics(client())).toMatchObject({ ready: "2", processing: "2", enqueued_total: "4" });
  });

  it("does nothing while another tick runs", async () => {
    await declareJobs(client());
    await insertJobs(client(), 1);
    const other = await database().pool.connect();
    try {
      await other.query("begin");
      await other.query("select jobstack.tick()");
      expect(await tick()).toEqual({ skipped: true });
      await other.query("commit");
    } finally {
      other.release();
    }
    expect(await tick()).toMatchObject({ promoted: 0 });
  });

  it("goes on with the other queues when one's table is gone", async () => {
    await client().query(
      "create table public.gone (id int primary key, status text, completed_at timestamptz)",
    );
    await client().query("select jobstack.declare_queue('gone', $1)", [
      { table: "public.gone", completed_at_column: "completed_at", retention_days: 1 },
    ]);
    await client().query("drop table public.gone");
    await declareJobs(client());
    await insertJobs(client(), 1);
    await setClock(client(), "2026-01-01T00:00:06Z");
    expect(await tick()).toMatchObject({
      woken: 1,
      errors: [{ queue: "gone", error: 'relation "public.gone" does not exist' }],
    });
  });

  it("makes due jobs ready even if finished ones cannot be deleted", async () => {
    await declareJobs(client(), { retention_days: 1, backoff_base_seconds: 10 });
    await client().query(`create table public.reference (job_id bigint references public.jobs (id));
      insert into public.jobs (id, status, completed_at) values (1000, 'completed', '2025-01-01');
      insert into public.reference values (1000)`);
    await insertJobs(client(), 1);
    const [claim] = await step(client(), 1, 1);
    if (claim === undefined) throw new Error("nothing was claimed");
    await step(client(), 1, 0, [report(claim, { outcome: "failed" })]);
    await setClock(client(), "2026-01-01T00:00:10Z");
    expect(await tick()).toMatchObject({ promoted: 1, errors: [{ queue: "mail", doing: "prune" }] });
    expect(await metrics(client())).toMatchObject({ ready: "1" });
  });

  it("deletes finished jobs that are older than their retention, in batches, and nothing else", async () => {
    await declareJobs(client(), { retention_days: 7 });
    await client().query(`insert into public.jobs (status, completed_at)
      select s.status, timestamptz '2025-12-01' from (values ('completed'), ('failed'), ('pending'), ('cancelled')) s(status)
      cross join generate_series(1, 600)`);
    await client().query("insert into public.jobs (status, completed_at) values ('completed', '2025-12-31')");
    expect(await tick()).toMatchObject({ pruned: 1000 });
    expect(await tick()).toMatchObject({ pruned: 200 });
    expect(await tick()).toMatchObject({ pruned: 0 });
    const { rows } = await client().query(
      "select status, count(*)::int as jobs from public.jobs group by 1 order by 1",
    );
    expect(rows).toEqual([
      { status: "cancelled", jobs: 600 },
      { status: "completed", jobs: 1 },
      { status: "pending", jobs: 600 },
    ]);
  });

  it("forgets workers that vanished and old errors", async () => {
    await declareJobs(client());
    await insertJobs(client(), 1);
    const [claim] = await step(client(), 1, 1);
    if (claim === undefined) throw new Error("nothing was claimed");
    await step(client(), 1, 0, [report(claim, { outcome: "failed", retryable: false })]);
    await tick();
    expect(await value(client(), "select count(*)::int from jobstack.worker where not expected")).toBe(1);
    expect(await value(client(), "select count(*)::int from jobstack.attempt")).toBe(1);
    await setClock(client(), "2026-02-01T00:00:00Z");
    expect(await tick()).toMatchObject({ errors: [] });
    expect(await value(client(), "select count(*)::int from jobstack.worker")).toBe(0);
    expect(await value(client(), "select count(*)::int from jobstack.attempt")).toBe(0);
  });

  it("forgets calls of functions after seven days", async () => {
    await client().query(`insert into jobstack.function_call
      values ('2025-12-20', 'old', 1, 1), ('2025-12-31', 'new', 2, 1)`);
    expect(await tick()).toMatchObject({ pruned: 1, errors: [] });
    expect(await value(client(), "select name from jobstack.function_call")).toBe("new");
  });

  it("prunes pg_cron's run history after seven days", async () => {
    await client().query(`create schema cron;
      create table cron.job_run_details (runid bigint primary key, end_time timestamptz);
      insert into cron.job_run_details values (1, '2025-12-20'), (2, '2025-12-31'), (3, null)`);
    expect(await tick()).toMatchObject({ pruned: 1, errors: [] });
    const { rows } = await client().query("select runid from cron.job_run_details order by 1");
    expect(rows).toEqual([{ runid: "2" }, { runid: "3" }]);
  });
});

describe("poll()", () => {
  it("takes in rows that were set back to pending by hand, with all their attempts", async () => {
    await declareJobs(client(), { max_attempts: 1 });
    const [id] = await insertJobs(client(), 1);
    const [claim] = await step(client(), 1, 1);
    if (claim === undefined) throw new Error("nothing was claimed");
    await step(client(), 1, 0, [report(claim, { outcome: "failed", error: "no answer" })]);
    await client().query("update public.jobs set status = 'pending' where id = $1", [id]);
    await sleep(client(), 1);
    expect(await poll()).toBe("sent");
    expect(await value(client(), "select count(*)::int from jobstack.attempt")).toBe(0);
    expect(await step(client(), 1, 5)).toMatchObject([{ job_id: id, attempt: 1 }]);
  });

  it("leaves known jobs alone: ready, waiting for a retry, or held", async () => {
    await declareJobs(client(), { backoff_base_seconds: 60 });
    await insertJobs(client(), 3);
    const [first, second] = await step(client(), 1, 2);
    if (first === undefined || second === undefined) throw new Error("too little was claimed");
    await step(client(), 1, 0, [report(first, { outcome: "failed" })]);
    await client().query("update public.jobs set status = 'pending' where id = $1", [second.job_id]);
    await poll();
    await poll();
    expect(await metrics(client())).toMatchObject({
      ready: "1",
      scheduled: "1",
      processing: "1",
      enqueued_total: "3",
    });
    expect(await value(client(), "select count(*)::int from jobstack.ready")).toBe(1);
  });

  it("takes in what a restored dump of the table alone brings", async () => {
    await declareJobs(client());
    await insertJobs(client(), 3);
    await client().query("truncate jobstack.ready, jobstack.count_delta");
    expect(await poll()).toBe("coalesced");
    expect(await step(client(), 1, 5)).toHaveLength(3);
  });

  it("says idle when there is no work", async () => {
    await declareJobs(client());
    expect(await poll()).toBe("idle");
    expect(await wakeCalls(client())).toBe(0);
  });

  it("does not look for unknown rows while the backlog is large, and calls a worker all the same", async () => {
    await declareJobs(client());
    await insertJobs(client(), 10_000);
    await client().query("alter table public.jobs disable trigger on_job_insert");
    await insertJobs(client(), 1);
    await setClock(client(), "2026-01-01T00:01:00Z");
    expect(await poll()).toBe("sent");
    expect(await metrics(client())).toMatchObject({ ready: "10000" });
    await step(client(), 1, 1);
    await poll();
    expect(await metrics(client())).toMatchObject({ ready: "10000", enqueued_total: "10001" });
  });

  it("adopts nothing while another session does", async () => {
    await declareJobs(client());
    await client().query("alter table public.jobs disable trigger on_job_insert");
    await insertJobs(client(), 1);
    const other = await database().pool.connect();
    try {
      await other.query("begin");
      await other.query("select jobstack.poll('mail')");
      expect(await poll()).toBe("idle");
      await other.query("commit");
    } finally {
      other.release();
    }
    expect(await metrics(client())).toMatchObject({ ready: "1" });
  });
});

describe("wake_all_pending()", () => {
  it("returns the number of pending jobs and calls even if a worker seems awake", async () => {
    await declareJobs(client());
    await step(client(), 1, 1);
    await insertJobs(client(), 2);
    await client().query("alter table public.jobs disable trigger on_job_insert");
    await insertJobs(client(), 1);
    expect(await wakeCalls(client())).toBe(0);
    expect(await value(client(), "select jobstack.wake_all_pending('mail')")).toBe(3);
    expect(await wakeCalls(client())).toBe(1);
    expect(await metrics(client())).toMatchObject({ ready: "3" });
  });

  it("calls nobody when nothing is pending", async () => {
    await declareJobs(client());
    expect(await value(client(), "select jobstack.wake_all_pending('mail')")).toBe(0);
    expect(await wakeCalls(client())).toBe(0);
  });
});

describe("wake()", () => {
  it("calls by force even if a worker is awake", async () => {
    await declareJobs(client());
    await step(client(), 1, 1);
    expect(await value(client(), "select jobstack.wake('mail')")).toBe("coalesced");
    expect(await value(client(), "select jobstack.wake('mail', true)")).toBe("sent");
  });

  it("is disabled for a queue that does not exist", async () => {
    expect(await value(client(), "select jobstack.wake('no such')")).toBe("disabled");
  });
});
