import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { installJobstack } from "../../sql/jobstack/install.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/test-database.ts";
import { installMetrics } from "../testing/install-metrics.ts";
import { startExporter, type TestExporter } from "../testing/start-exporter.ts";

let database: TestDatabase;
let exporterUrl: string;
let exporter: TestExporter;

const columns = {
  attempts_column: "attempts",
  created_at_column: "created_at",
  started_at_column: "started_at",
  completed_at_column: "completed_at",
};

beforeAll(async () => {
  database = await createTestDatabase();
  exporterUrl = await installMetrics(database.url);
  await installJobstack(database.pool);
  for (const queue of ["mail", "plain", "bare"]) {
    await database.pool.query(
      `create table public.${queue} (id bigserial primary key, status text not null default 'pending', attempts int,
         created_at timestamptz not null default now(), started_at timestamptz, completed_at timestamptz)`,
    );
  }
  await database.pool.query("create index on public.mail (completed_at) where completed_at is not null");
  await database.pool.query("create index on public.bare (completed_at)");
  await declare("mail", columns);
  await declare("plain", columns);
  await declare("bare", { completed_at_column: "completed_at" });
});

afterAll(() => database?.drop());

beforeEach(async () => {
  await database.admin.query("truncate public.mail, public.bare, jobstack.exporter_state");
  exporter = startExporter(exporterUrl);
  await exporter.scrape();
  await ageState();
});

afterEach(() => exporter.stop());

async function declare(queue: string, settings: object): Promise<void> {
  const all = { table: `public.${queue}`, ...settings };
  await database.pool.query("select jobstack.declare_queue($1, $2)", [queue, all]);
}

/** As if the exporter had looked an hour ago for the last time. */
async function ageState(): Promise<void> {
  await exporter.stop();
  await database.admin.query(
    `update jobstack.exporter_state set state = (
       select jsonb_object_agg(q.key, q.value || jsonb_build_object('countedUntilUs',
         (q.value ->> 'countedUntilUs')::bigint - 3600000000))
       from jsonb_each(state) q)
     where collector = 'finished_jobs'`,
  );
  exporter = startExporter(exporterUrl);
}

interface Job {
  status?: string;
  attempts?: number;
  /** Seconds. */
  wait: number;
  run: number;
  ago?: number;
}

async function finish(
  queue: string,
  { status = "completed", attempts = 1, wait, run, ago = 60 }: Job,
): Promise<void> {
  await database.pool.query(
    `insert into public.${queue} (status, attempts, created_at, started_at, completed_at)
     select $1, $2, ended - make_interval(secs => $3::float8 + $4::float8), ended - make_interval(secs => $4::float8), ended
     from (select now() - make_interval(secs => $5) as ended) e`,
    [status, attempts, wait, run, ago],
  );
}

it("observes each job once, in the buckets that hold its times and attempts", async () => {
  await finish("mail", { wait: 0.2, run: 4 });
  await finish("mail", { wait: 100, run: 4, attempts: 2, ago: 50 });
  await finish("mail", { wait: 20_000, run: 90, status: "failed", ago: 40 });
  await exporter.scrape();
  const shown = await exporter.scrape();
  const of = (name: string, labels = "") => shown.get(`${name}{queue="mail"${labels}}`);
  expect(of("jobs_times_observed")).toBe(1);
  expect(of("jobs_wait_seconds_count")).toBe(2);
  expect(of("jobs_wait_seconds_bucket", ',le="0.1"')).toBe(0);
  expect(of("jobs_wait_seconds_bucket", ',le="0.5"')).toBe(1);
  expect(of("jobs_wait_seconds_bucket", ',le="14400"')).toBe(1);
  expect(of("jobs_wait_seconds_sum")).toBeCloseTo(20_000.2);
  expect(of("jobs_run_seconds_bucket", ',outcome="completed",le="1"')).toBe(0);
  expect(of("jobs_run_seconds_bucket", ',outcome="completed",le="5"')).toBe(2);
  expect(of("jobs_run_seconds_sum", ',outcome="failed"')).toBeCloseTo(90);
  expect(of("jobs_attempts_bucket", ',le="1"')).toBe(2);
  expect(of("jobs_attempts_bucket", ',le="2"')).toBe(3);
});

it("leaves what finished just now for the next look, and observes nothing of before the first", async () => {
  await finish("mail", { wait: 1, run: 1, ago: 0 });
  await finish("mail", { wait: 1, run: 1, ago: 7200 });
  expect((await exporter.scrape()).get('jobs_wait_seconds_count{queue="mail"}')).toBe(0);
});

it("passes over jobs that were cancelled, and does not read them again", async () => {
  await finish("mail", { status: "cancelled", wait: 1, run: 1 });
  expect((await exporter.scrape()).get('jobs_wait_seconds_count{queue="mail"}')).toBe(0);
  await exporter.stop();
  const { rows } = await database.admin.query(
    `select to_timestamp((state -> 'mail' ->> 'countedUntilUs')::float8 / 1000000) > now() - interval '2 minutes' as past
     from jobstack.exporter_state where collector = 'finished_jobs'`,
  );
  expect(rows).toEqual([{ past: true }]);
});

it("observes only what the table tells", async () => {
  await finish("bare", { wait: 1, run: 1 });
  const shown = await exporter.scrape();
  expect(shown.get('jobs_times_observed{queue="bare"}')).toBe(1);
  expect(shown.get('jobs_run_seconds_count{queue="bare",outcome="completed"}')).toBe(0);
});

it("says which queue it cannot observe, for want of an index on the completion time", async () => {
  const shown = await exporter.scrape();
  expect(shown.get('jobs_times_observed{queue="plain"}')).toBe(0);
  expect(shown.has('jobs_wait_seconds_count{queue="plain"}')).toBe(false);
});

it("goes on with the other queues when one's column is gone", async () => {
  await database.pool.query("alter table public.bare rename status to state");
  await finish("mail", { wait: 1, run: 1 });
  const shown = await exporter.scrape();
  await database.pool.query("alter table public.bare rename state to status");
  expect(shown.get('jobstack_exporter_collector_success{collector="finished_jobs"}')).toBe(1);
  expect(shown.get('jobs_wait_seconds_count{queue="mail"}')).toBe(1);
});

it("keeps its counts over a restart", async () => {
  await finish("mail", { wait: 1, run: 1 });
  await exporter.scrape();
  await exporter.stop();
  exporter = startExporter(exporterUrl);
  expect((await exporter.scrape()).get('jobs_attempts_count{queue="mail"}')).toBe(1);
});

it("reads only what is new, however many jobs have finished", async () => {
  await database.pool.query(
    `insert into public.mail (status, created_at, started_at, completed_at)
     select 'completed', now() - interval '3 days', now() - interval '3 days', now() - interval '2 days'
     from generate_series(1, 50000)`,
  );
  await database.pool.query("analyze public.mail");
  await finish("mail", { wait: 1, run: 1 });
  const explain = `explain (analyze, buffers, format json)
     select * from jobstack.metrics_finished_jobs(jsonb_build_object('mail',
       (extract(epoch from now() - interval '1 hour') * 1000000)::bigint), '{1}', '{1}', '{1}', 20000)`;
  const session = await database.pool.connect();
  await session.query(explain);
  // The first time reads catalogs as well.
  const { rows } = await session.query(explain);
  session.release();
  const [{ Plan }] = rows[0]["QUERY PLAN"];
  expect(Plan["Actual Rows"]).toBe(1);
  expect(Plan["Shared Hit Blocks"] + Plan["Shared Read Blocks"]).toBeLessThan(100);
});
