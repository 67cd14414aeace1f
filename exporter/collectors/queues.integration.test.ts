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
  await database.pool.query(
    "create table public.mail (id bigserial primary key, status text not null default 'pending', completed_at timestamptz)",
  );
  await database.pool.query("select jobstack.declare_queue('mail', $1)", [
    { table: "public.mail", max_attempts: 1, completed_at_column: "completed_at" },
  ]);
});

afterAll(() => database?.drop());

it("shows a queue that jobs went through, by the queue core's own counts", async () => {
  const exporter = startExporter(exporterUrl);
  const worker = "00000000-0000-4000-8000-000000000001";
  const idle = await exporter.scrape();
  expect(idle.get('jobs_enqueued_total{queue="mail"}')).toBe(0);
  expect(idle.has('jobs_oldest_ready_age_seconds{queue="mail"}')).toBe(false);

  await database.pool.query("insert into public.mail select from generate_series(1, 5)");
  await database.pool.query("select jobstack.poll('mail')");
  const { rows } = await database.pool.query("select * from jobstack.step('mail', $1, '[]', 2)", [worker]);
  const done = rows.map(({ job_id, token }, index) => ({
    id: job_id,
    token: Number(token),
    outcome: index === 0 ? "completed" : "failed",
  }));
  await database.pool.query("select from jobstack.step('mail', $1, $2, 1)", [worker, JSON.stringify(done)]);

  const shown = await exporter.scrape();
  await exporter.stop();
  expect(Object.fromEntries([...shown].filter(([series]) => series.startsWith("jobs_")))).toMatchObject({
    'jobs_depth{queue="mail",status="ready"}': 2,
    'jobs_depth{queue="mail",status="scheduled"}': 0,
    'jobs_depth{queue="mail",status="processing"}': 1,
    'jobs_enqueued_total{queue="mail"}': 5,
    'jobs_finished_total{queue="mail",outcome="completed"}': 1,
    'jobs_finished_total{queue="mail",outcome="failed"}': 1,
    'jobs_oldest_ready_age_seconds{queue="mail"}': expect.any(Number),
    'jobs_oldest_processing_age_seconds{queue="mail"}': expect.any(Number),
    'jobs_paused{queue="mail"}': 0,
    'jobs_stuck{queue="mail"}': 0,
  });
});
