import { describe, expect, it } from "vitest";
import { isolateEnded } from "../../supabase/functions/_shared/worker/isolate-slot.ts";
import {
  type Claim,
  declareJobs,
  heartbeat,
  insertJobs,
  metrics,
  report,
  setClock,
  step,
  value,
} from "./testing/queue-database.ts";
import { useQueueClient } from "./testing/use-queue-client.ts";

const { database, client } = useQueueClient();

/** Jobs that worker 1 has claimed under one lease of ten seconds. */
async function claimed(count: number, config: Record<string, unknown> = {}): Promise<[Claim, ...Claim[]]> {
  await declareJobs(client(), { lease_seconds: 10, backoff_base_seconds: 0, ...config });
  await insertJobs(client(), count);
  const [first, ...rest] = await step(client(), 1, count);
  if (first === undefined) throw new Error("nothing was claimed");
  return [first, ...rest];
}

const tick = () => value<Record<string, unknown>>(client(), "select jobstack.tick()");
const statuses = async () => {
  const { rows } = await client().query(
    "select status, attempts, count(*)::int as jobs from public.jobs group by status, attempts order by 1, 2",
  );
  return rows;
};

describe("a lease", () => {
  it("is extended by heartbeats, as often as they come", async () => {
    const [claim] = await claimed(1);
    for (const second of ["09", "18", "27"]) {
      await setClock(client(), `2026-01-01T00:00:${second}Z`);
      expect(await heartbeat(client(), 1, [claim.token])).toEqual([claim.token]);
      expect(await tick()).toMatchObject({ rescued: 0 });
    }
    await step(client(), 1, 0, [report(claim, { outcome: "completed" })]);
    expect(await statuses()).toEqual([{ status: "completed", attempts: 1, jobs: 1 }]);
  });

  it("is extended only for the worker that holds it", async () => {
    const [claim] = await claimed(1);
    expect(await heartbeat(client(), 2, [claim.token])).toEqual([]);
    expect(await heartbeat(client(), 1, ["999999"])).toEqual([]);
  });

  it("is held until someone takes it, even when it has expired", async () => {
    const [claim] = await claimed(1);
    await setClock(client(), "2026-01-01T01:00:00Z");
    expect(await heartbeat(client(), 1, [claim.token])).toEqual([claim.token]);
    await setClock(client(), "2026-01-01T02:00:00Z");
    await step(client(), 1, 0, [report(claim, { outcome: "completed" })]);
    expect(await statuses()).toEqual([{ status: "completed", attempts: 1, jobs: 1 }]);
  });

  it("that is lost is not extended any more", async () => {
    const [claim] = await claimed(1);
    await setClock(client(), "2026-01-01T00:00:11Z");
    await tick();
    expect(await heartbeat(client(), 1, [claim.token])).toEqual([]);
  });
});

describe("an expired lease", () => {
  it("counts as a failed attempt of each job that is still open, and says so in its error", async () => {
    const [first, ...rest] = await claimed(3);
    await step(client(), 1, 0, [report(first, { outcome: "completed" })]);
    await setClock(client(), "2026-01-01T00:00:11Z");
    expect(await tick()).toMatchObject({ rescued: 2 });
    expect(await statuses()).toEqual([
      { status: "completed", attempts: 1, jobs: 1 },
      { status: "pending", attempts: 1, jobs: 2 },
    ]);
    const error = await value(client(), "select error from public.jobs where id = $1", [rest[0]?.job_id]);
    expect(error).toMatch(/^lease expired: worker 00000000-.*1 did not finish the job in time$/);
    expect(await metrics(client())).toMatchObject({
      processing: "0",
      retried_total: "2",
      lease_expired_total: "2",
    });
  });

  it("is closed by another worker's step without any tick", async () => {
    const [claim] = await claimed(1);
    await setClock(client(), "2026-01-01T00:00:11Z");
    expect(await step(client(), 2, 5)).toMatchObject([{ job_id: claim.job_id, attempt: 2 }]);
  });

  it("fails a job for good on its last attempt", async () => {
    await claimed(1, { max_attempts: 2 });
    await setClock(client(), "2026-01-01T00:00:11Z");
    expect(await step(client(), 2, 5)).toMatchObject([{ attempt: 2 }]);
    await setClock(client(), "2026-01-01T00:00:22Z");
    expect(await step(client(), 2, 5)).toEqual([]);
    expect(await statuses()).toEqual([{ status: "failed", attempts: 2, jobs: 1 }]);
    expect(await metrics(client())).toMatchObject({
      processing: "0",
      failed_total: "1",
      lease_expired_total: "2",
    });
  });

  it("is left alone while another session works on it", async () => {
    const [claim] = await claimed(1);
    const other = await database().pool.connect();
    try {
      await other.query("begin");
      await other.query("select jobstack.step('mail', $1, $2)", [
        "00000000-0000-4000-8000-000000000001",
        JSON.stringify([report(claim, { outcome: "completed" })]),
      ]);
      await setClock(client(), "2026-01-01T00:00:11Z");
      expect(await tick()).toMatchObject({ rescued: 0, errors: [] });
      await other.query("commit");
    } finally {
      other.release();
    }
    expect(await statuses()).toEqual([{ status: "completed", attempts: 1, jobs: 1 }]);
  });

  it("whose jobs cannot be written is put off and holds up no other", async () => {
    const [stubborn] = await claimed(1);
    await insertJobs(client(), 1);
    await step(client(), 1, 1);
    await client().query(`
      create function public.refuse() returns trigger language plpgsql as
        'begin if old.id = ${stubborn.job_id} then raise exception ''no''; end if; return new; end';
      create trigger refuse before update on public.jobs for each row execute function public.refuse()`);
    await setClock(client(), "2026-01-01T00:00:11Z");
    expect(await tick()).toMatchObject({ rescued: 1, errors: [] });
    await client().query("drop trigger refuse on public.jobs");
    expect(await tick()).toMatchObject({ rescued: 0 });
    await setClock(client(), "2026-01-01T00:00:22Z");
    expect(await tick()).toMatchObject({ rescued: 1 });
  });

  it("whose row the user keeps locked is put off and holds up no other", async () => {
    const [locked] = await claimed(1);
    await insertJobs(client(), 1);
    await step(client(), 1, 1);
    await setClock(client(), "2026-01-01T00:00:11Z");
    const user = await database().pool.connect();
    try {
      await user.query("begin");
      await user.query("select from public.jobs where id = $1 for update", [locked.job_id]);
      expect(await tick()).toMatchObject({ rescued: 1, errors: [] });
      await user.query("rollback");
    } finally {
      user.release();
    }
  });

  it("is one of at most 20 that a tick closes for a queue", async () => {
    await declareJobs(client(), { lease_seconds: 10 });
    await insertJobs(client(), 21);
    for (let n = 0; n < 21; n++) await step(client(), 1, 1);
    await setClock(client(), "2026-01-01T00:00:11Z");
    expect(await tick()).toMatchObject({ rescued: 20 });
    expect(await tick()).toMatchObject({ rescued: 1 });
  });
});

describe("jobs whose worker died, one of which may be why", () => {
  /** Three jobs that have one attempt left after their worker has ended. */
  async function suspects(config: Record<string, unknown>, end: () => Promise<unknown> = expire) {
    const claims = await claimed(3, config);
    await end();
    return claims;
  }
  async function expire() {
    await setClock(client(), "2026-01-01T00:00:11Z");
    await tick();
  }
  const at = (second: number) => setClock(client(), `2026-01-01T00:00:${second}Z`);

  it.each([
    ["by the queue's limit", { max_attempts: 2 }],
    ["by their own rows' limit", { max_attempts: 5, max_retries_column: "max_retries" }],
  ])("are given to a worker one at a time when they have one attempt left %s", async (_, config) => {
    const jobs = suspects(config, async () => {
      await client().query("update public.jobs set max_retries = 1");
      await expire();
    });
    const [first, second, third] = (await jobs).map(({ job_id }) => job_id);
    const [held] = await step(client(), 2, 5);
    expect(held).toMatchObject({ job_id: first, attempt: 2 });
    await at(14);
    expect(await step(client(), 2, 5)).toEqual([]);
    // Another worker may have the next, for it dies another death.
    await at(17);
    expect(await step(client(), 3, 5)).toMatchObject([{ job_id: second, attempt: 2 }]);
    await at(20);
    const report2 = report(held as Claim, { outcome: "completed" });
    expect(await step(client(), 2, 5, [report2])).toMatchObject([{ job_id: third, attempt: 2 }]);
    expect(await metrics(client())).toMatchObject({ ready: "0", scheduled: "0", processing: "2" });
  });

  it("hold up no job that was not with them", async () => {
    await suspects({ max_attempts: 2 });
    const fresh = await insertJobs(client(), 2);
    const claims = await step(client(), 2, 5);
    expect(claims.map(({ job_id, attempt }) => [job_id, attempt])).toEqual([
      ["1", 2],
      ...fresh.map((id) => [id, 1]),
    ]);
  });

  it("are given out together while they have more attempts, or after an hour", async () => {
    await suspects({ max_attempts: 3 });
    expect(await step(client(), 2, 5)).toHaveLength(3);
    await setClock(client(), "2026-01-01T00:00:22Z");
    expect(await step(client(), 3, 5)).toHaveLength(1);
    await setClock(client(), "2026-01-01T01:00:22Z");
    expect(await step(client(), 3, 5)).toHaveLength(2);
  });

  it("are known as well when the runtime announced the worker's end", async () => {
    const [first, ...rest] = await claimed(3, { max_attempts: 2 });
    const ended = { outcome: "failed", error: isolateEnded } as const;
    await step(client(), 1, 0, [
      report(first, { outcome: "failed", error: "503" }),
      ...rest.map((claim) => report(claim, ended)),
    ]);
    const claims = await step(client(), 2, 5);
    expect(claims.map(({ job_id }) => job_id).sort()).toEqual(["1", "2"]);
  });
});
