import { describe, expect, it } from "vitest";
import { declareJobs, insertJobs, metrics, report, setClock, step } from "./testing/queue-database.ts";
import { useQueueClient } from "./testing/use-queue-client.ts";

const { database, client } = useQueueClient();

describe("metrics_queue()", () => {
  it("has a row of zeros and nulls for a queue that never had a job", async () => {
    await declareJobs(client());
    expect(await metrics(client())).toEqual({
      queue: "mail",
      ready: "0",
      scheduled: "0",
      processing: "0",
      enqueued_total: "0",
      completed_total: "0",
      failed_total: "0",
      cancelled_total: "0",
      retried_total: "0",
      lease_expired_total: "0",
      wake_sent_total: "0",
      wake_coalesced_total: "0",
      wake_failed_total: "0",
      oldest_ready_at: null,
      oldest_processing_at: null,
      stuck: "0",
      paused: false,
    });
  });

  it("is empty when no queue is declared", async () => {
    expect((await client().query("select * from jobstack.metrics_queue()")).rows).toEqual([]);
  });

  it("finds the oldest ready job below younger ones of higher priority", async () => {
    await declareJobs(client());
    await insertJobs(client(), 1, -5);
    await setClock(client(), "2026-01-01T00:01:00Z");
    await insertJobs(client(), 1, 5);
    await setClock(client(), "2026-01-01T00:02:00Z");
    await insertJobs(client(), 1, 3);
    expect(await metrics(client())).toMatchObject({ oldest_ready_at: new Date("2026-01-01T00:00:00Z") });
  });

  it("counts jobs as stuck that are held for longer than declared, heartbeat or not", async () => {
    await declareJobs(client(), { stuck_after_seconds: 100, lease_seconds: 1000 });
    await insertJobs(client(), 3);
    const [first] = await step(client(), 1, 2);
    if (first === undefined) throw new Error("nothing was claimed");
    await setClock(client(), "2026-01-01T00:01:00Z");
    await step(client(), 1, 1);
    await setClock(client(), "2026-01-01T00:01:41Z");
    expect(await metrics(client())).toMatchObject({
      stuck: "2",
      oldest_processing_at: new Date("2026-01-01T00:00:00Z"),
    });
    await step(client(), 1, 0, [report(first, { outcome: "completed" })]);
    expect(await metrics(client())).toMatchObject({ stuck: "1" });
  });

  it("reads no more of a backlog of 200,000 than its first rows", async () => {
    await declareJobs(client());
    await client().query(`insert into jobstack.ready (queue_id, priority, attempt, ready_at, job_id)
      select q.id, n % 3, 0, now(), n::text from jobstack.queue q, generate_series(1, 200000) n`);
    await client().query("analyze jobstack.ready");
    const explain = "explain (analyze, buffers, format json) select * from jobstack.metrics_queue()";
    // The first call in a session reads the catalog as well.
    await client().query(explain);
    const { rows } = await client().query(explain);
    const plan = rows[0]["QUERY PLAN"][0].Plan;
    expect(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]).toBeLessThan(100);
  });
});

describe("rights", () => {
  const as = async (role: string, sql: string) => {
    await client().query("begin");
    await client().query(`set local role ${role}`);
    try {
      return await client().query(sql);
    } finally {
      await client().query("rollback");
    }
  };

  it("let service_role work the queue and look nowhere else", async () => {
    await declareJobs(client());
    await insertJobs(client(), 1);
    expect(
      (await as("service_role", "select * from jobstack.step('mail', gen_random_uuid(), '[]', 1)")).rowCount,
    ).toBe(1);
    await as("service_role", "select jobstack.heartbeat('mail', gen_random_uuid(), '{1}')");
    await as("service_role", "select jobstack.sleep('mail', gen_random_uuid())");
    await as("service_role", "select jobstack.wake('mail', true), jobstack.poll('mail'), jobstack.now()");
    await expect(as("service_role", "table jobstack.ready")).rejects.toThrow("permission denied");
    await expect(as("service_role", "select jobstack.metrics_queue()")).rejects.toThrow("permission denied");
    await expect(as("service_role", "select jobstack.remove_queue('mail')")).rejects.toThrow(
      "permission denied",
    );
  });

  it("let users of the API do nothing", async () => {
    await declareJobs(client());
    for (const role of ["anon", "authenticated"]) {
      await expect(as(role, "select jobstack.wake('mail')")).rejects.toThrow(
        "permission denied for schema jobstack",
      );
    }
  });

  it("let the exporter read its metrics and nothing else", async () => {
    const exporter = "jobstack_exporter";
    await database().admin.query(`grant ${exporter} to postgres`);
    await declareJobs(client());
    expect((await as(exporter, "select * from jobstack.metrics_queue()")).rowCount).toBe(1);
    await expect(as(exporter, "table jobstack.ready")).rejects.toThrow("permission denied");
    await expect(as(exporter, "select jobstack.tick()")).rejects.toThrow("permission denied");
  });
});
