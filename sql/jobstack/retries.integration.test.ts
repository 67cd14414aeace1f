import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import { createQueueDatabase, declare, declareJobs, report, step, value } from "./testing/queue-database.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createQueueDatabase();
  await declareJobs(database.pool);
  await database.pool.query("alter table public.jobs add retry_count int default 0");
  await declareWithRetries();
});
afterEach(() => database.drop());

function declareWithRetries(config: Record<string, unknown> = {}) {
  return declare(database.pool, {
    retries_column: "retry_count",
    max_retries_column: "max_retries",
    max_attempts: 2,
    backoff_base_seconds: 0,
    backoff_cap_seconds: 0,
    ...config,
  });
}

async function insert(maxRetries: number | null, retryCount = 0): Promise<string> {
  return await value<string>(
    database.pool,
    "insert into public.jobs (max_retries, retry_count) values ($1, $2) returning id",
    [maxRetries, retryCount],
  );
}

/** Fails the only job until it fails for good; what its row said of each attempt, before and after. */
async function failThroughout(): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (;;) {
    const [claim] = await step(database.pool, 1, 1);
    if (claim === undefined) return seen;
    await step(database.pool, 1, 0, [report(claim, { outcome: "failed", error: "no answer" })]);
    const { rows } = await database.pool.query("select status, retry_count from public.jobs");
    seen.push({ attempt: claim.attempt, of: claim.max_attempts, ...rows[0] });
  }
}

describe("a job whose row says how often it may be tried again", () => {
  it("is tried as often, and the row counts it", async () => {
    await insert(2);
    expect(await failThroughout()).toEqual([
      { attempt: 1, of: 3, status: "pending", retry_count: 1 },
      { attempt: 2, of: 3, status: "pending", retry_count: 2 },
      { attempt: 3, of: 3, status: "failed", retry_count: 2 },
    ]);
  });

  it("is tried once when it may not be tried again", async () => {
    await insert(0);
    expect(await failThroughout()).toEqual([{ attempt: 1, of: 1, status: "failed", retry_count: 0 }]);
  });

  it("is tried as often as any of its queue when its row says nothing", async () => {
    await insert(null);
    expect(await failThroughout()).toMatchObject([
      { attempt: 1, of: 2, status: "pending" },
      { attempt: 2, of: 2, status: "failed" },
    ]);
  });

  it("is not tried again when that cannot help", async () => {
    await insert(5);
    const [claim] = await step(database.pool, 1, 1);
    if (claim === undefined) throw new Error("nothing was claimed");
    await step(database.pool, 1, 0, [
      report(claim, { outcome: "failed", error: "refused", retryable: false }),
    ]);
    const { rows } = await database.pool.query("select status, retry_count, error from public.jobs");
    expect(rows).toEqual([{ status: "failed", retry_count: 0, error: "refused" }]);
  });

  it("fails for good as well when its workers die", async () => {
    await declareWithRetries({ lease_seconds: 1 });
    await insert(1);
    for (const worker of [1, 2]) {
      expect(await step(database.pool, worker, 1)).toHaveLength(1);
      await database.pool.query("update jobstack.lease set lease_until = lease_until - interval '1 hour'");
      await database.pool.query("select jobstack.tick()");
    }
    const { rows } = await database.pool.query("select status, retry_count, error from public.jobs");
    expect(rows).toEqual([
      { status: "failed", retry_count: 1, error: expect.stringMatching(/^lease expired/) },
    ]);
  });

  it("goes on counting where it stands when it is taken over", async () => {
    await database.pool.query("alter table public.jobs disable trigger on_job_insert");
    await insert(3, 2);
    await database.pool.query("select jobstack.poll('mail')");
    expect(await failThroughout()).toEqual([
      { attempt: 3, of: 4, status: "pending", retry_count: 3 },
      { attempt: 4, of: 4, status: "failed", retry_count: 3 },
    ]);
  });

  it("may have any number in its row", async () => {
    await insert(2_147_483_647);
    await insert(-1);
    const claims = await step(database.pool, 1, 10);
    expect(claims.map(({ max_attempts }) => max_attempts)).toEqual([1000, 1]);
    const done = claims.map((claim) => report(claim, { outcome: "failed", error: "no answer" }));
    await step(database.pool, 1, 0, done);
    const { rows } = await database.pool.query("select status from public.jobs order by id");
    expect(rows).toEqual([{ status: "pending" }, { status: "failed" }]);
  });
});
