import { jwtVerify } from "jose";
import type { PoolClient } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import {
  createQueueDatabase,
  createTrigger,
  declare,
  declareJobs,
  insertJobs,
  metrics,
  queue,
  setClock,
  step,
  value,
  wakeCalls,
  wakeSecret,
  wakeUrl,
} from "./testing/queue-database.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createQueueDatabase();
});
afterEach(async () => {
  await database.drop();
});

async function inTransaction(begin: string, work: (client: PoolClient) => Promise<void>, end: string) {
  const client = await database.pool.connect();
  try {
    await client.query(begin);
    await work(client);
    await client.query(end);
  } finally {
    client.release();
  }
}

describe("an insert into a job table", () => {
  it("of 100,000 rows makes exactly one call", async () => {
    await declareJobs(database.pool);
    await database.pool.query("insert into public.jobs (payload) select 'x' from generate_series(1, 100000)");
    expect(await wakeCalls(database.pool)).toBe(1);
    expect(await metrics(database.pool)).toMatchObject({
      ready: "100000",
      enqueued_total: "100000",
      wake_sent_total: "1",
    });
  });

  it("of no row, or of none that is pending, makes no call and no ready row", async () => {
    await declareJobs(database.pool);
    await insertJobs(database.pool, 0);
    await database.pool.query("insert into public.jobs (status) values ('completed')");
    expect(await wakeCalls(database.pool)).toBe(0);
    expect(await metrics(database.pool)).toMatchObject({ ready: "0", enqueued_total: "0" });
  });

  it("makes no call and leaves nothing behind when it is rolled back", async () => {
    await declareJobs(database.pool);
    await inTransaction("begin", async (client) => void (await insertJobs(client, 3)), "rollback");
    expect(await wakeCalls(database.pool)).toBe(0);
    expect(await metrics(database.pool)).toMatchObject({
      ready: "0",
      enqueued_total: "0",
      wake_sent_total: "0",
    });
  });

  it("makes one call for many statements of a transaction", async () => {
    await declareJobs(database.pool);
    const work = async (client: PoolClient) => {
      for (let n = 0; n < 5; n++) await insertJobs(client, 1);
    };
    await inTransaction("begin", work, "commit");
    expect(await wakeCalls(database.pool)).toBe(1);
    expect(await metrics(database.pool)).toMatchObject({ wake_sent_total: "1", wake_coalesced_total: "4" });
  });

  it("makes no call while a worker is awake, and none while one is expected, but a new one after five seconds", async () => {
    await declareJobs(database.pool);
    const client = await database.pool.connect();
    try {
      await setClock(client, "2026-01-01T00:00:00Z");
      await insertJobs(client, 1);
      await setClock(client, "2026-01-01T00:00:04Z");
      await insertJobs(client, 1);
      expect(await wakeCalls(client)).toBe(1);
      await setClock(client, "2026-01-01T00:00:06Z");
      await insertJobs(client, 1);
      expect(await wakeCalls(client)).toBe(2);
      await setClock(client, "2026-01-01T00:01:00Z");
      await step(client, 1, 1);
      await setClock(client, "2026-01-01T00:01:09Z");
      await insertJobs(client, 1);
      expect(await wakeCalls(client)).toBe(2);
      await setClock(client, "2026-01-01T00:01:11Z");
      await insertJobs(client, 1);
      expect(await wakeCalls(client)).toBe(3);
    } finally {
      client.release();
    }
  });

  it("calls while the only worker is busy and asks for no more", async () => {
    await declareJobs(database.pool);
    await step(database.pool, 1, 0);
    await insertJobs(database.pool, 1);
    expect(await wakeCalls(database.pool)).toBe(1);
  });

  it("sends the worker a short-lived token signed with the Vault secret, and never the secret", async () => {
    await declareJobs(database.pool, { wake_timeout_ms: 1234 });
    await insertJobs(database.pool, 1);
    const { rows } = await database.pool.query("select * from net.calls");
    expect(rows).toMatchObject([{ url: wakeUrl, body: { queue }, timeout_milliseconds: 1234 }]);
    expect(rows[0].headers["Content-Type"]).toBe("application/json");
    expect(JSON.stringify(rows)).not.toContain(wakeSecret);
    const token = String(rows[0].headers.Authorization).replace("Bearer ", "");
    const { payload } = await jwtVerify(token, new TextEncoder().encode(wakeSecret), {
      issuer: "jobstack",
      audience: queue,
      algorithms: ["HS256"],
    });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(60);
  });

  it("sends no authorization when no secret is declared", async () => {
    await declareJobs(database.pool, { wake_secret: null });
    await insertJobs(database.pool, 1);
    const { rows } = await database.pool.query("select headers from net.calls");
    expect(rows).toEqual([{ headers: { "Content-Type": "application/json" } }]);
  });

  it("works through the real signature of pg_net", async () => {
    await database.pool.query("drop schema net cascade");
    await database.admin.query("create extension pg_net with schema extensions");
    await declareJobs(database.pool);
    await inTransaction(
      "begin",
      async (client) => {
        await insertJobs(client, 1);
        expect(
          await value(client, "select url || ' ' || timeout_milliseconds from net.http_request_queue"),
        ).toBe(`${wakeUrl} 5000`);
      },
      "rollback",
    );
  });

  it("by a role that may do nothing else becomes ready", async () => {
    await declareJobs(database.pool);
    await database.pool.query(`
      alter table public.jobs enable row level security;
      revoke all on public.jobs from authenticated;
      grant insert (payload) on public.jobs to authenticated;
      create policy insert_own on public.jobs for insert to authenticated with check (payload = 'mine')`);
    const insert = async (client: PoolClient) => {
      await client.query("set local role authenticated");
      await client.query("insert into public.jobs (payload) values ('mine')");
    };
    await inTransaction("begin", insert, "commit");
    expect(await wakeCalls(database.pool)).toBe(1);
    expect(await step(database.pool, 1, 5)).toHaveLength(1);
  });

  it("names the worker's address in the text of the trigger's function", async () => {
    await declareJobs(database.pool);
    const text = await value<string>(
      database.pool,
      "select prosrc from pg_catalog.pg_proc where proname = 'on_job_insert'",
    );
    expect(text).toContain(`'${wakeUrl}'`);
  });
});

describe("an insert survives, and its job is found later,", () => {
  /** What is broken, and whether the job is ready all the same; if not, poll() takes it in. */
  const cases: [string, string, "failed" | "disabled" | "orphaned"][] = [
    ["when pg_net is missing", "drop schema net cascade", "failed"],
    [
      "when pg_net raises",
      "create or replace function net.http_post(url text, body jsonb default '{}', params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds int default 5000) returns bigint language plpgsql as 'begin raise exception ''invalid URL''; end'",
      "failed",
    ],
    ["when pg_net may not be used", "revoke all on function net.http_post from postgres, public", "failed"],
    ["when the Vault is missing", "drop extension supabase_vault cascade", "failed"],
    ["when the secret is missing", "delete from vault.secrets", "failed"],
    ["when pgcrypto is missing", "drop extension pgcrypto cascade", "failed"],
    ["when there is no address", "update jobstack.queue set wake_url = null", "disabled"],
    ["when the queue is paused", "select jobstack.pause_queue('mail')", "disabled"],
    ["when the workers' table is missing", "drop table jobstack.worker", "orphaned"],
    ["when wake() is missing", "drop function jobstack.wake", "orphaned"],
    ["when ready is missing", "drop table jobstack.ready", "orphaned"],
    ["when the counters are missing", "drop table jobstack.count_delta", "orphaned"],
    ["when the queue is not declared", "select jobstack.remove_queue('mail')", "orphaned"],
    ["when the clock is missing", "drop function jobstack.now", "orphaned"],
    ["when the schema is missing", "drop schema jobstack cascade", "orphaned"],
    [
      "when the function's owner may not use the schema",
      "alter function public.on_job_insert owner to anon",
      "orphaned",
    ],
  ];
  it.each(cases)("%s", async (_, breakIt, outcome) => {
    await declareJobs(database.pool);
    await database.admin.query(breakIt);
    const [id] = await insertJobs(database.pool, 1);
    expect(await value(database.pool, "select status from public.jobs where id = $1", [id])).toBe("pending");
    if (outcome === "orphaned") return;
    expect(await value(database.pool, "select job_id from jobstack.ready")).toBe(id);
    const sum = `select sum(wake_${outcome})::int from jobstack.count_delta`;
    if (!breakIt.includes("jobstack.worker")) expect(await value(database.pool, sum)).toBe(1);
  });

  it("when ready is locked by a migration", async () => {
    await declareJobs(database.pool);
    await inTransaction(
      "begin",
      async (migration) => {
        await migration.query("lock table jobstack.ready in access exclusive mode");
        await insertJobs(database.pool, 1);
      },
      "commit",
    );
    expect(await metrics(database.pool)).toMatchObject({ ready: "0" });
    expect(await value(database.pool, "select jobstack.poll('mail')")).toBe("sent");
    expect(await step(database.pool, 1, 5)).toHaveLength(1);
  });

  it("when the trigger is disabled", async () => {
    await declareJobs(database.pool);
    await database.pool.query("alter table public.jobs disable trigger on_job_insert");
    await insertJobs(database.pool, 2);
    expect(await metrics(database.pool)).toMatchObject({ ready: "0" });
    expect(await value(database.pool, "select jobstack.poll('mail')")).toBe("sent");
    expect(await step(database.pool, 1, 5)).toHaveLength(2);
  });

  it("when the pending word of trigger and queue differ", async () => {
    await declareJobs(database.pool);
    await createTrigger(database.pool, { pending: "queued" });
    await insertJobs(database.pool, 1);
    await declare(database.pool, {});
    expect(await value(database.pool, "select jobstack.poll('mail')")).toBe("sent");
    expect(await step(database.pool, 1, 5)).toHaveLength(1);
  });
});
