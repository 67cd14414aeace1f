import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import {
  type Claim,
  createQueueDatabase,
  declareJobs,
  insertJobs,
  metrics,
  raiseFloorsAfter,
  report,
  sleep,
  step,
} from "./testing/queue-database.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createQueueDatabase();
});
afterEach(async () => {
  await database.drop();
});

/** Steps until the queue lets the worker sleep; every claim it was given. */
async function drain(
  worker: number,
  want: number,
  work: (claims: Claim[]) => Promise<void>,
): Promise<Claim[]> {
  const client = await database.pool.connect();
  const all: Claim[] = [];
  try {
    let claims: Claim[] = [];
    do {
      const done = claims.map((claim) => report(claim, { outcome: "completed", result: { worker } }));
      claims = await step(client, worker, want, done);
      all.push(...claims);
      await work(claims);
    } while (claims.length > 0 || !(await sleep(client, worker)));
    return all;
  } finally {
    client.release();
  }
}

describe("four workers at once", () => {
  it("drain 20,000 jobs while more come, each job once, without a deadlock", async () => {
    await declareJobs(database.pool);
    await raiseFloorsAfter(database.pool, 500);
    await insertJobs(database.pool, 20_000);
    let batches = 0;
    // Enough statements at once for claims, finishes and inserts to meet in every order.
    const workers = [1, 2, 3, 4].map((worker) =>
      drain(worker, 100, async () => {
        batches += 1;
        if (batches % 20 === 0 && batches <= 200) await insertJobs(database.pool, 100, batches % 3);
      }),
    );
    const claims = (await Promise.all(workers)).flat();
    expect(claims).toHaveLength(21_000);
    expect(new Set(claims.map(({ job_id }) => job_id)).size).toBe(21_000);
    const { rows } = await database.pool.query(
      "select status, attempts, count(*)::int as jobs from public.jobs group by 1, 2",
    );
    expect(rows).toEqual([{ status: "completed", attempts: 1, jobs: 21_000 }]);
    expect(await metrics(database.pool)).toMatchObject({
      ready: "0",
      scheduled: "0",
      processing: "0",
      enqueued_total: "21000",
      completed_total: "21000",
      oldest_ready_at: null,
    });
  });

  it("share a queue in batches of one with ticks, heartbeats and failures between", async () => {
    await declareJobs(database.pool, { backoff_base_seconds: 0, max_attempts: 2 });
    await insertJobs(database.pool, 300);
    const attempts: string[] = [];
    const run = async (worker: number) => {
      const client = await database.pool.connect();
      try {
        let done: ReturnType<typeof report>[] = [];
        for (;;) {
          const claims = await step(client, worker, 3, done);
          attempts.push(...claims.map(({ job_id, attempt }) => `${job_id}/${attempt}`));
          done = claims.map((claim) =>
            report(claim, { outcome: Number(claim.job_id) % 3 === 0 ? "failed" : "completed", error: "no" }),
          );
          if (Number(claims[0]?.job_id) % 10 === 0) await client.query("select jobstack.tick()");
          if (claims.length === 0 && (await sleep(client, worker))) return;
        }
      } finally {
        client.release();
      }
    };
    await Promise.all([1, 2, 3, 4].map(run));
    expect(new Set(attempts).size).toBe(attempts.length);
    expect(attempts).toHaveLength(400);
    expect(await metrics(database.pool)).toMatchObject({
      ready: "0",
      scheduled: "0",
      processing: "0",
      completed_total: "200",
      failed_total: "100",
      retried_total: "100",
    });
  });
});
