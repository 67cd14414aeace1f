import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openPool } from "../../test/support/open-pool.ts";
import type { TestStack } from "../provider/testing/pulumi-stack.ts";
import { secretsOf, startTestProject, type TestProject } from "../testing/deployed-environment.ts";

let project: TestProject;
let database: pg.Pool;
let stack: TestStack;

beforeAll(async () => {
  project = await startTestProject();
  database = openPool(project.cluster.url);
  await database.query(`
    create table public.notes (id int primary key, body text);
    insert into public.notes values (1, 'ours');
    create function public.hello() returns text language sql as $$ select 'hello' $$`);
  stack = await project.openStack("staging", { market: "{}", exporterPassword: "exporter" });
});
afterAll(async () => {
  await database.end();
  await project.stop();
});

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  return (await database.query(sql)).rows;
}

/** Everything in public, and to whom the schema is open. */
async function publicObjects(): Promise<string[]> {
  const found = await rows(
    `select relname::text as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')
     union all select proname::text || '()' from pg_proc where pronamespace = 'public'::regnamespace
     union all select unnest(nspacl)::text from pg_namespace where nspname = 'public'
     order by 1`,
  );
  return found.map(({ name }) => String(name));
}

describe("the market system, alone in schema public of a project that has other things there", {
  timeout: 300_000,
}, () => {
  let before: string[];

  it("is deployed, after which there is nothing to do, and public is open to whom it was", async () => {
    before = await publicObjects();
    await stack.up();
    expect(await stack.preview()).toEqual([]);
    expect(await publicObjects()).toEqual(
      expect.arrayContaining([...before, "queue", "process_next_queue_order()"]),
    );
    const grants = (objects: string[]) => objects.filter((name) => name.includes("/"));
    expect(grants(await publicObjects())).toEqual(grants(before));
    expect(
      await rows(
        "select jobname, schedule, command from cron.job where jobname <> 'jobstack-tick' order by 1",
      ),
    ).toEqual([
      {
        jobname: "cleanup-old-queue-entries",
        schedule: "0 3 * * *",
        command: "call public.cleanup_old_queue_entries('30 days')",
      },
      {
        jobname: "hourly-price-snapshot",
        schedule: "0 * * * *",
        command: "select public.record_hourly_prices()",
      },
      {
        jobname: "refresh-issuer-stats-cache",
        schedule: "*/5 * * * *",
        command: "select public.refresh_issuer_stats_cache()",
      },
    ]);
  });

  it("processes an order once its function is woken with the secret, and for nobody else", async () => {
    await database.query(
      `insert into public.queue (user_id, ticker, order_type, amount_usdp) values (gen_random_uuid(), 'NONE', 'buy', 1)`,
    );
    const wake = (bearer: string) =>
      project.gateway.call("process-queue", {
        method: "POST",
        headers: { authorization: `Bearer ${bearer}` },
      });
    expect((await wake("wrong")).status).toBe(401);
    expect((await wake(secretsOf("staging").cronSecret)).status).toBe(202);
    await vi.waitFor(
      async () =>
        expect(await rows("select status, error_message from public.queue")).toEqual([
          { status: "failed", error_message: 'unknown ticker "NONE"' },
        ]),
      30_000,
    );
  });

  it("shows a trigger that was switched off, and switches it on again", async () => {
    await database.query('alter table public.queue disable trigger "process-queue-webhook"');
    expect(await stack.preview()).toMatchObject([
      { op: "update", resource: "Trigger public.queue.process-queue-webhook" },
    ]);
    await stack.up();
    expect(await rows("select tgenabled from pg_trigger where tgname = 'process-queue-webhook'")).toEqual([
      { tgenabled: "O" },
    ]);
  });

  it("is destroyed but for its tables, and nothing else in public is touched", async () => {
    await stack.destroy();
    const tables = [
      "balances",
      "holdings",
      "issuer_stats_cache",
      "issuers",
      "price_history",
      "queue",
      "trades",
    ];
    expect(await publicObjects()).toEqual([...before, ...tables].sort());
    expect(await rows("select count(*)::int as orders from public.queue")).toEqual([{ orders: 1 }]);
    expect(await rows("table public.notes")).toEqual([{ id: 1, body: "ours" }]);
    expect(await rows("select jobname from cron.job")).toEqual([]);
    expect(
      await rows(
        "select tgname from pg_trigger where tgrelid = 'public.queue'::regclass and not tgisinternal",
      ),
    ).toEqual([]);
    expect(stack.output).not.toContain('schema "public"');
  });
});
