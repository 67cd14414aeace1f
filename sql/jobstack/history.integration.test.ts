import fc from "fast-check";
import type { PoolClient } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import {
  type Claim,
  createQueueDatabase,
  declareJobs,
  heartbeat,
  insertJobs,
  metrics,
  queue,
  report,
  setClock,
  sleep,
  step,
  value,
} from "./testing/queue-database.ts";

const maxAttempts = 2;
const leaseSeconds = 10;

/** One event of a history; `pick` chooses among whatever is there at that moment. */
type Event =
  | { kind: "enqueue"; count: number; priority: number | null }
  | {
      kind: "step";
      worker: number;
      want: number;
      pick: number;
      outcome: "completed" | "failed";
      retryable: boolean;
    }
  | { kind: "late finish"; pick: number }
  | { kind: "crash"; worker: number }
  | { kind: "wait"; seconds: number }
  | { kind: "heartbeat" | "sleep"; worker: number }
  | { kind: "tick" | "poll" | "pause" | "resume" }
  | { kind: "cancel" | "delete" | "set back"; pick: number };

const worker = fc.integer({ min: 1, max: 3 });
const pick = fc.nat({ max: 1000 });
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("enqueue" as const),
      count: fc.integer({ min: 1, max: 4 }),
      priority: fc.option(fc.integer({ min: -1, max: 1 })),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("step" as const),
      worker,
      want: fc.integer({ min: 0, max: 4 }),
      pick,
      outcome: fc.constantFrom("completed" as const, "failed" as const),
      retryable: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("late finish" as const), pick }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("crash" as const), worker }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 40 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("heartbeat" as const, "sleep" as const), worker }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("tick" as const, "poll" as const, "pause" as const, "resume" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("cancel" as const, "delete" as const, "set back" as const),
      pick,
    }),
  },
);

/** A claim as its worker remembers it, with the end of its lease as the worker was last told. */
interface Held extends Claim {
  worker: number;
  until: number;
}

/** Plays events against the real functions, with the clock in hand, and checks after each what must always hold. */
class History {
  readonly #client: PoolClient;
  #now = Date.parse("2026-01-01T00:00:00Z");
  #held: Held[] = [];
  #lost: Held[] = [];
  #inserted = 0;
  #deletedCompleted = 0;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  async begin(): Promise<void> {
    await this.#client.query(`
      truncate public.jobs, jobstack.ready, jobstack.scheduled, jobstack.lease, jobstack.attempt, jobstack.worker,
        jobstack.count_delta, jobstack.count_base`);
    await this.#client.query("select jobstack.resume_queue($1)", [queue]);
    await this.#moveTo(this.#now);
  }

  async play(next: Event): Promise<void> {
    switch (next.kind) {
      case "enqueue":
        await insertJobs(this.#client, next.count, next.priority);
        this.#inserted += next.count;
        break;
      case "step":
        await this.#step(next);
        break;
      case "late finish":
        await this.#finishLate(choose(this.#lost, next.pick));
        break;
      case "crash":
        this.#lost.push(...this.#held.filter((held) => held.worker === next.worker));
        this.#held = this.#held.filter((held) => held.worker !== next.worker);
        break;
      case "wait":
        await this.#moveTo(this.#now + next.seconds * 1000);
        break;
      case "heartbeat":
        await this.#beat(next.worker);
        break;
      case "sleep":
        await this.#sleep(next.worker);
        break;
      case "tick":
        expect(await value(this.#client, "select jobstack.tick() -> 'errors'")).toEqual([]);
        break;
      case "poll":
      case "pause":
      case "resume":
        await this.#client.query(`select jobstack.${next.kind}${next.kind === "poll" ? "" : "_queue"}($1)`, [
          queue,
        ]);
        break;
      default:
        await this.#interfere(next.kind, next.pick);
    }
    await this.check();
  }

  async #step({ worker, want, pick, outcome, retryable }: Extract<Event, { kind: "step" }>): Promise<void> {
    const mine = this.#held.filter((held) => held.worker === worker);
    const done = mine.slice(0, mine.length === 0 ? 0 : pick % (mine.length + 1));
    const reports = done.map((claim) => report(claim, { outcome, retryable, error: "an error" }));
    const claims = await step(this.#client, worker, want, reports);
    this.#held = this.#held.filter((held) => !done.includes(held));
    expect(claims.length).toBeLessThanOrEqual(want);
    for (const claim of claims) {
      expect(claim.attempt).toBeLessThanOrEqual(maxAttempts);
      expect(claim.job.status).toBe("processing");
      const alive = this.#held.filter((held) => held.job_id === claim.job_id && held.until >= this.#now);
      expect(alive, "a job was given out while another worker's lease on it was alive").toEqual([]);
      this.#held.push({ ...claim, worker, until: claim.lease_until.getTime() });
    }
  }

  /** A worker that was given up for dead reports after all. If it is still the holder, that counts. */
  async #finishLate(claim: Held | undefined): Promise<void> {
    if (claim === undefined) return;
    const before = await this.#row(claim.job_id);
    const holds = await value<boolean>(
      this.#client,
      "select exists (select from jobstack.lease where token = $1 and $2 = any (job_ids))",
      [claim.token, claim.job_id],
    );
    await step(this.#client, claim.worker, 0, [report(claim, { outcome: "completed", result: "late" })]);
    this.#lost = this.#lost.filter((lost) => lost !== claim);
    const after = await this.#row(claim.job_id);
    if (!holds) expect(after, "a stale report changed a job").toEqual(before);
    else if (before?.status === "processing") expect(after?.status).toBe("completed");
  }

  async #beat(worker: number): Promise<void> {
    const mine = this.#held.filter((held) => held.worker === worker);
    const kept = await heartbeat(this.#client, worker, [...new Set(mine.map(({ token }) => token))]);
    for (const held of mine) {
      if (kept.includes(held.token)) held.until = this.#now + leaseSeconds * 1000;
      else expect(held.until, "a lease was lost before its time").toBeLessThan(this.#now);
    }
    this.#held = this.#held.filter((held) => held.worker !== worker || kept.includes(held.token));
  }

  async #sleep(worker: number): Promise<void> {
    if (!(await sleep(this.#client, worker))) return;
    const { paused, ready } = await metrics(this.#client);
    if (!paused) expect(ready, "a worker fell asleep beside ready jobs").toBe("0");
  }

  /** What users do to their own rows. */
  async #interfere(kind: "cancel" | "delete" | "set back", pick: number): Promise<void> {
    const { rows } = await this.#client.query<{ id: string; status: string }>(
      "select id, status from public.jobs order by id",
    );
    const job = choose(rows, pick);
    if (job === undefined) return;
    if (kind === "cancel") {
      await this.#client.query(
        "update public.jobs set status = 'cancelled' where id = $1 and status = 'pending'",
        [job.id],
      );
    } else if (kind === "set back") {
      await this.#client.query(
        "update public.jobs set status = 'pending' where id = $1 and status = 'failed'",
        [job.id],
      );
    } else {
      await this.#client.query("delete from public.jobs where id = $1", [job.id]);
      if (job.status === "completed") this.#deletedCompleted += 1;
    }
  }

  async check(): Promise<void> {
    const { rows } = await this.#client.query(facts);
    const { ready, scheduled, processing, completed, ...wrong } = rows[0];
    expect(wrong).toEqual({ held_twice: 0, unheld: 0, too_many_attempts: 0 });
    expect(await metrics(this.#client)).toMatchObject({
      ready: String(ready),
      scheduled: String(scheduled),
      processing: String(processing),
      completed_total: String(completed + this.#deletedCompleted),
    });
  }

  /** No more events: workers come back, and every job that was not taken away must end. */
  async finish(): Promise<void> {
    await this.#client.query("select jobstack.resume_queue($1)", [queue]);
    this.#held = [];
    for (let round = 0; round < 2 * maxAttempts + 2; round++) {
      await this.#moveTo(this.#now + 3_600_000);
      await this.#client.query("select jobstack.poll($1)", [queue]);
      await this.#client.query("select jobstack.tick()");
      const claims = await step(this.#client, 1, 1000);
      await step(
        this.#client,
        1,
        0,
        claims.map((claim) => report(claim, { outcome: "completed" })),
      );
      await this.check();
    }
    const { rows } = await this.#client.query(
      "select id from public.jobs where status not in ('completed', 'failed', 'cancelled')",
    );
    expect(rows, "jobs that never ended").toEqual([]);
    expect(await metrics(this.#client)).toMatchObject({ ready: "0", scheduled: "0", processing: "0" });
    expect(await value(this.#client, "select count(*)::int from jobstack.lease")).toBe(0);
    expect(await sleep(this.#client, 1)).toBe(true);
    const enqueued = Number((await metrics(this.#client)).enqueued_total);
    expect(enqueued).toBeGreaterThanOrEqual(this.#inserted);
  }

  async #moveTo(now: number): Promise<void> {
    this.#now = now;
    await setClock(this.#client, new Date(now).toISOString());
  }

  async #row(id: string): Promise<Record<string, unknown> | undefined> {
    return (await this.#client.query("select * from public.jobs where id = $1", [id])).rows[0];
  }
}

/** Fresh counts to compare with the counters, and how often something is true that never may be. */
const facts = `
  with held as (select token, unnest(job_ids) as job_id from jobstack.lease)
  select
    (select count(*)::int from jobstack.ready) as ready,
    (select count(*)::int from jobstack.scheduled) as scheduled,
    (select count(*)::int from held) as processing,
    (select count(*)::int from public.jobs where status = 'completed') as completed,
    (select count(*)::int from (select from held group by job_id having count(*) > 1) twice) as held_twice,
    (select count(*)::int from public.jobs j
      where j.status = 'processing' and not exists (select from held h where h.job_id = j.id::text)) as unheld,
    (select count(*)::int from public.jobs where attempts > ${maxAttempts}) as too_many_attempts`;

function choose<Item>(items: readonly Item[], pick: number): Item | undefined {
  return items[pick % Math.max(items.length, 1)];
}

describe("any history of inserts, steps, crashes, late reports, waits and users' changes", () => {
  let database: TestDatabase;
  let client: PoolClient;
  beforeAll(async () => {
    database = await createQueueDatabase();
    await declareJobs(database.pool, {
      max_attempts: maxAttempts,
      lease_seconds: leaseSeconds,
      backoff_base_seconds: 5,
      backoff_cap_seconds: 20,
    });
    client = await database.pool.connect();
  });
  afterAll(async () => {
    client.release();
    await database.drop();
  });

  it("loses no job, holds none twice, never exceeds the attempts, counts right, and ends", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 10, maxLength: 60 }), async (events) => {
        const history = new History(client);
        await history.begin();
        for (const next of events) await history.play(next);
        await history.finish();
      }),
      { numRuns: 40 },
    );
  }, 300_000);
});
