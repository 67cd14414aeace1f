import { afterAll, beforeAll, expect, it } from "vitest";
import { installJobstack } from "../../sql/jobstack/install.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/test-database.ts";
import { installMetrics } from "../testing/install-metrics.ts";
import { startExporter } from "../testing/start-exporter.ts";

let database: TestDatabase;
let exporterUrl: string;

beforeAll(async () => {
  database = await createTestDatabase();
  exporterUrl = await installMetrics(database.url);
  await installJobstack(database.pool);
  await database.pool.query(`create table public.mail (id bigserial primary key, status text not null default 'pending');
    select jobstack.declare_queue('mail', '{"table": "public.mail", "wake_url": "http://127.0.0.1:9/"}')`);
});

afterAll(() => database?.drop());

it("shows workers, the tick and the database's own alerts", async () => {
  const exporter = startExporter(exporterUrl);
  const idle = await exporter.scrape();
  expect(idle.get('jobs_workers{queue="mail",state="awake"}')).toBe(0);
  expect(idle.has("jobs_tick_last_run_timestamp_seconds")).toBe(false);

  await database.pool.query("create extension pg_net");
  await database.pool.query("select jobstack.wake('mail')");
  await database.pool.query("select jobstack.step('mail', gen_random_uuid(), '[]', 1)");
  await database.pool.query("select jobstack.tick()");
  await database.pool.query("insert into public.mail default values");
  await database.pool.query("select jobstack.poll('mail')");
  await database.pool.query(
    `select jobstack.check_stuck_jobs('late', 'mail', interval '0 seconds', 0, p_url => 'http://127.0.0.1:9/')`,
  );
  const shown = await exporter.scrape();
  await exporter.stop();
  expect(shown.get('jobs_workers{queue="mail",state="awake"}')).toBe(1);
  expect(shown.get('jobs_workers{queue="mail",state="expected"}')).toBe(1);
  expect(shown.get("jobs_tick_last_run_timestamp_seconds")).toBeGreaterThan(1_700_000_000);
  expect(shown.get('jobs_alert_firing{alert="late"}')).toBe(1);
  expect(shown.get('jobs_alert_messages_waiting{alert="late"}')).toBe(1);
});
