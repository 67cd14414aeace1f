import { describe, expect, it } from "vitest";
import {
  declare,
  declareJobs,
  insertJobs,
  metrics,
  report,
  setClock,
  step,
  value,
  workerId,
} from "./testing/queue-database.ts";
import { useQueueClient } from "./testing/use-queue-client.ts";

const { database, client } = useQueueClient();

const row = async (id: string) =>
  (await client().query("select * from public.jobs where id = $1", [id])).rows[0] as Record<string, unknown>;

describe("claiming with step()", () => {
  it("returns each row as it is after the claim, under one lease", async () => {
    await declareJobs(client());
    const [first = "", second = ""] = await insertJobs(client(), 2);
    const claims = await step(client(), 1, 10);
    expect(claims.map(({ job_id }) => job_id)).toEqual([first, second]);
    expect(new Set(claims.map(({ token }) => token)).size).toBe(1);
    expect(claims[0]).toMatchObject({
      attempt: 1,
      max_attempts: 3,
      lease_until: new Date("2026-01-01T00:01:00Z"),
      job: { id: Number(first), payload: "1", status: "processing", attempts: 1 },
    });
    expect(await row(first)).toMatchObject({
      status: "processing",
      started_at: new Date("2026-01-01T00:00:00Z"),
    });
  });

  it("gives higher priorities first, and within one the oldest", async () => {
    await declareJobs(client());
    const low = await insertJobs(client(), 2, -1);
    const none = await insertJobs(client(), 2);
    const high = await insertJobs(client(), 2, 7);
    const claims = await step(client(), 1, 6);
    expect(claims.map(({ job_id }) => job_id)).toEqual([...high, ...none, ...low]);
  });

  it("gives no more than asked for", async () => {
    await declareJobs(client());
    await insertJobs(client(), 5);
    expect(await step(client(), 1, 2)).toHaveLength(2);
    expect(await step(client(), 1, 0)).toEqual([]);
    expect(await step(client(), 1, -3)).toEqual([]);
    expect(await step(client(), 1, 10)).toHaveLength(3);
  });

  it("gives at most 1000 at once", async () => {
    await declareJobs(client());
    await insertJobs(client(), 1001);
    expect(await step(client(), 1, 5000)).toHaveLength(1000);
  });

  it("leaves out jobs that were cancelled or deleted while they waited", async () => {
    await declareJobs(client());
    const [cancelled, deleted, left] = await insertJobs(client(), 3);
    await client().query("update public.jobs set status = 'cancelled' where id = $1", [cancelled]);
    await client().query("delete from public.jobs where id = $1", [deleted]);
    const claims = await step(client(), 1, 10);
    expect(claims.map(({ job_id }) => job_id)).toEqual([left]);
    expect(await metrics(client())).toMatchObject({ ready: "0", processing: "1" });
  });

  it("gives a job only once however many ready rows name it", async () => {
    await declareJobs(client());
    await insertJobs(client(), 1);
    await client().query(
      "insert into jobstack.ready (queue_id, priority, attempt, ready_at, job_id) select queue_id, 0, 0, ready_at, job_id from jobstack.ready",
    );
    expect(await step(client(), 1, 10)).toHaveLength(1);
    expect(await step(client(), 2, 10)).toEqual([]);
  });

  it("puts a job off for a second, without waiting, while someone else has its row locked", async () => {
    await declareJobs(client());
    const [locked, free] = await insertJobs(client(), 2);
    const user = await database().pool.connect();
    try {
      await user.query("begin");
      await user.query("update public.jobs set payload = 'changed' where id = $1", [locked]);
      expect((await step(client(), 1, 10)).map(({ job_id }) => job_id)).toEqual([free]);
      await user.query("commit");
    } finally {
      user.release();
    }
    expect(await step(client(), 1, 10)).toEqual([]);
    await setClock(client(), "2026-01-01T00:00:02Z");
    expect(await step(client(), 1, 10)).toMatchObject([
      { job_id: locked, attempt: 1, job: { payload: "changed" } },
    ]);
  });

  it("gives nothing while the queue is paused, but takes reports", async () => {
    await declareJobs(client());
    const [id = ""] = await insertJobs(client(), 2);
    const [claim] = await step(client(), 1, 1);
    if (claim === undefined) throw new Error("nothing was claimed");
    await client().query("select jobstack.pause_queue('mail')");
    expect(await step(client(), 1, 1, [report(claim, { outcome: "completed" })])).toEqual([]);
    expect(await row(id)).toMatchObject({ status: "completed" });
    expect(await metrics(client())).toMatchObject({ paused: true, ready: "1" });
    await client().query("select jobstack.resume_queue('mail')");
    expect(await step(client(), 1, 1)).toHaveLength(1);
  });

  it("refuses a queue that is not declared", async () => {
    await expect(step(client(), 1, 1)).rejects.toThrow(
      'queue "mail": is not declared; declare it with jobstack.declare_queue()',
    );
  });
});

describe("finishing with step()", () => {
  const claimOne = async (config: Record<string, unknown> = {}) => {
    await declareJobs(client(), config);
    await insertJobs(client(), 1);
    const [claim] = await step(client(), 1, 1);
    if (claim === undefined) throw new Error("nothing was claimed");
    return claim;
  };

  it("stores the result of a completed job and closes its lease", async () => {
    const claim = await claimOne();
    await setClock(client(), "2026-01-01T00:00:10Z");
    await step(client(), 1, 0, [report(claim, { outcome: "completed", result: { answer: 42 } })]);
    expect(await row(claim.job_id)).toMatchObject({
      status: "completed",
      result: { answer: 42 },
      error: null,
      completed_at: new Date("2026-01-01T00:00:10Z"),
    });
    expect(await value(client(), "select count(*)::int from jobstack.lease")).toBe(0);
    expect(await metrics(client())).toMatchObject({ processing: "0", completed_total: "1" });
  });

  it("makes a failed job pending again after a wait between half the backoff and all of it", async () => {
    await declareJobs(client(), { max_attempts: 9, backoff_base_seconds: 10, backoff_cap_seconds: 60 });
    await insertJobs(client(), 40);
    const start = Date.parse("2026-01-01T00:00:00Z");
    for (const [failures, longest] of [10, 20, 40, 60, 60].entries()) {
      const now = start + failures * 3_600_000;
      await setClock(client(), new Date(now).toISOString());
      const claims = await step(client(), 1, 40);
      expect(claims).toHaveLength(40);
      await step(
        client(),
        1,
        0,
        claims.map((claim) => report(claim, { outcome: "failed", error: "no answer" })),
      );
      const { rows } = await client().query<{ wait: number }>(
        "select extract(epoch from run_at - jobstack.now())::float8 as wait from jobstack.scheduled order by 1",
      );
      const waits = rows.map(({ wait }) => wait);
      expect(waits[0]).toBeGreaterThanOrEqual(longest / 2);
      expect(waits.at(-1)).toBeLessThanOrEqual(longest);
      expect(new Set(waits).size).toBeGreaterThan(1);
    }
    expect(await metrics(client())).toMatchObject({
      scheduled: "40",
      retried_total: "200",
      failed_total: "0",
    });
  });

  it("shows the error of a job that waits for another attempt, and keeps its priority", async () => {
    await declareJobs(client(), { backoff_base_seconds: 10 });
    const [id = ""] = await insertJobs(client(), 1, 5);
    await insertJobs(client(), 1, 4);
    const [claim] = await step(client(), 1, 1);
    if (claim === undefined) throw new Error("nothing was claimed");
    await step(client(), 1, 0, [report(claim, { outcome: "failed", error: "no answer" })]);
    expect(await row(id)).toMatchObject({ status: "pending", error: "no answer", completed_at: null });
    expect(await value(client(), "select last_error from jobstack.attempt where job_id = $1", [id])).toBe(
      "no answer",
    );
    await setClock(client(), "2026-01-01T00:00:10Z");
    expect(await step(client(), 1, 1)).toMatchObject([{ job_id: id, attempt: 2, job: { attempts: 2 } }]);
  });

  it("clears the error when a later attempt succeeds", async () => {
    const claim = await claimOne({ backoff_base_seconds: 0 });
    const [again] = await step(client(), 1, 1, [report(claim, { outcome: "failed", error: "no answer" })]);
    if (again === undefined) throw new Error("nothing was claimed again");
    await step(client(), 1, 0, [report(again, { outcome: "completed" })]);
    expect(await row(claim.job_id)).toMatchObject({ status: "completed", error: null, attempts: 2 });
    expect(await value(client(), "select count(*)::int from jobstack.attempt")).toBe(0);
  });

  it("fails a job for good after its last attempt", async () => {
    const claim = await claimOne({ max_attempts: 2, backoff_base_seconds: 0 });
    const [last] = await step(client(), 1, 1, [report(claim, { outcome: "failed", error: "first" })]);
    if (last === undefined) throw new Error("nothing was claimed again");
    expect(last).toMatchObject({ attempt: 2, max_attempts: 2 });
    await step(client(), 1, 1, [report(last, { outcome: "failed", error: "second" })]);
    expect(await row(claim.job_id)).toMatchObject({ status: "failed", error: "second", attempts: 2 });
    expect(await metrics(client())).toMatchObject({
      ready: "0",
      scheduled: "0",
      processing: "0",
      failed_total: "1",
    });
  });

  it("fails a job for good at once when trying again cannot help", async () => {
    const claim = await claimOne();
    await step(client(), 1, 0, [
      report(claim, { outcome: "failed", error: "bad address", retryable: false }),
    ]);
    expect(await row(claim.job_id)).toMatchObject({ status: "failed", error: "bad address", attempts: 1 });
  });

  it("changes nothing by a token that is stale, of another worker, or unknown", async () => {
    const claim = await claimOne({ lease_seconds: 10, backoff_base_seconds: 0 });
    await step(client(), 2, 0, [report(claim, { outcome: "completed" })]);
    await step(client(), 1, 0, [{ id: claim.job_id, token: "999999", outcome: "completed" }]);
    expect(await row(claim.job_id)).toMatchObject({ status: "processing" });
    await setClock(client(), "2026-01-01T00:00:11Z");
    const [second] = await step(client(), 2, 1);
    expect(second).toMatchObject({ job_id: claim.job_id, attempt: 2 });
    await step(client(), 1, 0, [report(claim, { outcome: "completed", result: "late" })]);
    expect(await row(claim.job_id)).toMatchObject({ status: "processing", result: null });
    expect(await metrics(client())).toMatchObject({ processing: "1", completed_total: "0" });
  });

  it("counts a job once that is reported twice", async () => {
    const claim = await claimOne();
    const done = report(claim, { outcome: "completed", result: 1 });
    await step(client(), 1, 0, [done, { ...done, outcome: "failed" }]);
    await step(client(), 1, 0, [done]);
    expect(await row(claim.job_id)).toMatchObject({ status: "completed", result: 1 });
    expect(await metrics(client())).toMatchObject({
      processing: "0",
      completed_total: "1",
      retried_total: "0",
    });
  });

  it("keeps the rest of a batch under its lease while parts of it are reported", async () => {
    await declareJobs(client(), { backoff_base_seconds: 0 });
    const [retried = ""] = await insertJobs(client(), 1);
    const [first] = await step(client(), 1, 1);
    if (first === undefined) throw new Error("nothing was claimed");
    await step(client(), 1, 0, [report(first, { outcome: "failed" })]);
    const ids = await insertJobs(client(), 4);
    const claims = await step(client(), 1, 5);
    expect(claims.map(({ attempt }) => attempt).sort()).toEqual([1, 1, 1, 1, 2]);
    await step(
      client(),
      1,
      0,
      claims.slice(0, 2).map((claim) => report(claim, { outcome: "completed" })),
    );
    expect(await value(client(), "select cardinality(job_ids) from jobstack.lease")).toBe(3);
    expect(await metrics(client())).toMatchObject({ processing: "3", completed_total: "2" });
    await step(
      client(),
      1,
      0,
      claims.slice(2).map((claim) => report(claim, { outcome: "completed" })),
    );
    expect(await value(client(), "select count(*)::int from jobstack.lease")).toBe(0);
    expect((await row(retried)).attempts).toBe(2);
    expect((await row(ids[0] ?? "")).attempts).toBe(1);
  });

  it("leaves a job alone that was cancelled or set back while it was processing", async () => {
    await declareJobs(client());
    const [cancelled = "", setBack = ""] = await insertJobs(client(), 2);
    const claims = await step(client(), 1, 2);
    await client().query("update public.jobs set status = 'cancelled' where id = $1", [cancelled]);
    await client().query("update public.jobs set status = 'pending' where id = $1", [setBack]);
    await step(
      client(),
      1,
      0,
      claims.map((claim) => report(claim, { outcome: "completed" })),
    );
    expect(await row(cancelled)).toMatchObject({ status: "cancelled" });
    expect(await row(setBack)).toMatchObject({ status: "pending" });
    expect(await metrics(client())).toMatchObject({ processing: "0", completed_total: "0" });
    await client().query("select jobstack.poll('mail')");
    expect(await step(client(), 1, 2)).toMatchObject([{ job_id: setBack, attempt: 1 }]);
  });

  it("tries a failed job again when its worker says", async () => {
    const claim = await claimOne({ backoff_base_seconds: 300 });
    await step(client(), 1, 0, [
      report(claim, { outcome: "failed", error: "too many requests", retry_after_ms: 1_500 }),
    ]);
    await setClock(client(), "2026-01-01T00:00:01Z");
    expect(await step(client(), 1, 1)).toEqual([]);
    await setClock(client(), "2026-01-01T00:00:02Z");
    expect(await step(client(), 1, 1)).toMatchObject([{ job_id: claim.job_id, attempt: 2 }]);
  });

  it("makes a job that is given back pending at once, as if it had not been claimed", async () => {
    const claim = await claimOne({ backoff_base_seconds: 0 });
    const [again] = await step(client(), 1, 1, [report(claim, { outcome: "failed", error: "no answer" })]);
    if (again === undefined) throw new Error("nothing was claimed again");
    await step(client(), 1, 0, [report(again, { outcome: "released" })]);
    expect(await row(claim.job_id)).toMatchObject({ status: "pending", attempts: 1, error: "no answer" });
    expect(await metrics(client())).toMatchObject({ processing: "0", retried_total: "1", failed_total: "0" });
    expect(await step(client(), 2, 1)).toMatchObject([{ job_id: claim.job_id, attempt: 2 }]);
  });

  it("takes one list of ids for all jobs of a batch that succeeded without a result", async () => {
    await declareJobs(client());
    await insertJobs(client(), 5);
    const claims = await step(client(), 1, 5);
    const [first, second, third, fourth] = claims;
    if (first === undefined || third === undefined || fourth === undefined) throw new Error("too few claims");
    const completed = [first.job_id, second?.job_id, first.job_id, "999", null];
    const done = [
      { token: first.token, completed },
      report(first, { outcome: "failed", error: "said above to have succeeded" }),
      report(third, { outcome: "completed", result: 3 }),
      report(fourth, { outcome: "failed", error: "no", retryable: false }),
    ];
    await client().query("select jobstack.step('mail', $1, $2)", [workerId(1), JSON.stringify(done)]);
    const { rows } = await client().query("select status, result, error from public.jobs order by id");
    expect(rows).toEqual([
      { status: "completed", result: null, error: null },
      { status: "completed", result: null, error: null },
      { status: "completed", result: 3, error: null },
      { status: "failed", result: null, error: "no" },
      { status: "processing", result: null, error: null },
    ]);
    expect(await value(client(), "select job_ids from jobstack.lease")).toEqual([claims[4]?.job_id]);
    expect(await metrics(client())).toMatchObject({
      processing: "1",
      completed_total: "3",
      failed_total: "1",
    });
  });

  it("cuts an error to what its column can hold", async () => {
    const claim = await claimOne();
    await client().query("alter table public.jobs alter column error type varchar(5)");
    await declare(client(), {});
    await step(client(), 1, 0, [report(claim, { outcome: "failed", error: "no answer" })]);
    expect(await row(claim.job_id)).toMatchObject({ error: "no an" });
  });

  it.each([
    ["{}", 'queue "mail": p_done is of type object; write a JSON array'],
    [null, 'queue "mail": p_done is null; write a JSON array'],
    [
      '[{"id": "1", "token": 1}]',
      'queue "mail": outcome is missing; write "completed", "failed" or "released"',
    ],
    [
      '[{"id": "1", "token": 1, "outcome": "done"}]',
      'queue "mail": outcome is "done"; write "completed", "failed" or "released"',
    ],
  ])("refuses %s as a report", async (done, message) => {
    await declareJobs(client());
    await expect(
      client().query("select jobstack.step('mail', gen_random_uuid(), $1)", [done]),
    ).rejects.toThrow(message);
  });
});
