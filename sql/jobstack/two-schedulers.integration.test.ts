import { afterEach, beforeEach, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import {
  createQueueDatabase,
  declareJobs,
  insertJobs,
  metrics,
  report,
  setClock,
  step,
  value,
  wakeCalls,
} from "./testing/queue-database.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createQueueDatabase();
  await declareJobs(database.pool, { backoff_base_seconds: 0, backoff_cap_seconds: 0 });
});
afterEach(() => database.drop());

/** Every place in which a job stands that is not finished. */
const places = `
  select r.job_id from jobstack.ready r
  union all select s.job_id from jobstack.scheduled s
  union all select unnest(l.job_ids) from jobstack.lease l`;

it("two schedulers, and more, do nothing twice that one would do once", async () => {
  await insertJobs(database.pool, 300);
  for (let lease = 0; lease < 10; lease += 1) await step(database.pool, 1, 10);
  const failed = await step(database.pool, 2, 100);
  await step(
    database.pool,
    2,
    0,
    failed.map((claim) => report(claim, { outcome: "failed", error: "no" })),
  );
  await database.pool.query("alter table public.jobs disable trigger on_job_insert");
  await insertJobs(database.pool, 50);
  await database.pool.query("alter table public.jobs enable trigger on_job_insert");
  await database.pool.query("update jobstack.lease set lease_until = lease_until - interval '1 hour'");
  await database.pool.query("delete from jobstack.worker");
  const callsBefore = await wakeCalls(database.pool);

  // For all of them it is the same moment, so that however slow they are, a worker that was called may still arrive.
  const moment = new Date(Date.now() + 1_000).toISOString();
  const schedulers = Array.from({ length: 4 }, async () => {
    const client = await database.pool.connect();
    await setClock(client, moment);
    for (let round = 0; round < 6; round += 1) {
      await client.query("select jobstack.tick()");
      await client.query("select jobstack.poll('mail')");
    }
    client.release(true);
  });
  await Promise.all(schedulers);

  expect(await value(database.pool, `select count(*)::int from (${places}) p`)).toBe(350);
  expect(await value(database.pool, `select count(distinct job_id)::int from (${places}) p`)).toBe(350);
  expect(await value(database.pool, "select count(*)::int from public.jobs where status = 'pending'")).toBe(
    350,
  );
  const calls = (await wakeCalls(database.pool)) - callsBefore;
  // Those who call in the same instant cannot know of each other; nobody calls again.
  expect(calls).toBeGreaterThanOrEqual(1);
  expect(calls).toBeLessThanOrEqual(4);
  const { ready, scheduled, processing, enqueued_total, retried_total, lease_expired_total } = await metrics(
    database.pool,
  );
  expect(Number(ready) + Number(scheduled)).toBe(350);
  expect({ processing, enqueued_total, retried_total, lease_expired_total }).toEqual({
    processing: "0",
    enqueued_total: "350",
    retried_total: "200",
    lease_expired_total: "100",
  });
});
