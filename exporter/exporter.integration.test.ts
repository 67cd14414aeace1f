import { execa } from "execa";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isMissing } from "../alerts/testing/is-missing.ts";
import { openPool } from "../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../test/support/test-cluster.ts";
import { addCronJob, writeRun } from "./testing/cron-history.ts";
import { installMetrics } from "./testing/install-metrics.ts";
import { startExporter, type TestExporter } from "./testing/start-exporter.ts";

let cluster: TestCluster;
let admin: pg.Pool;
let exporterUrl: string;
let exporter: TestExporter;

beforeAll(async () => {
  cluster = await createTestCluster();
  admin = openPool(cluster.adminUrl, 2);
  admin.on("error", () => undefined);
  exporterUrl = await installMetrics(cluster.url);
  const jobid = await addCronJob(admin, "nightly");
  await writeRun(admin, { runid: 1, jobid });
});

afterAll(async () => {
  await admin?.end();
  await cluster?.stop();
});

beforeEach(() => {
  exporter = startExporter(exporterUrl);
});

afterEach(() => exporter.stop());

const job = 'job_name="nightly",database="postgres"';
const active = `pg_cron_job_active{${job}}`;
const success = (collector: string) => `jobstack_exporter_collector_success{collector="${collector}"}`;
const errors = (collector: string, reason: string) =>
  `jobstack_exporter_collector_errors_total{collector="${collector}",reason="${reason}"}`;

it("shows jobs of all users to a role that may not see the tables", async () => {
  const shown = await exporter.scrape();
  expect(shown.get("jobstack_exporter_database_up")).toBe(1);
  expect(shown.get(active)).toBe(0);
  expect(shown.get(`pg_cron_job_last_success_timestamp_seconds{${job}}`)).toBe(1_700_000_002);
  expect(shown.get("pg_cron_scheduler_up")).toBe(1);
  expect(shown.get("pg_cron_log_run_enabled")).toBe(1);
  expect(shown.get("pg_cron_run_history_size_bytes")).toBeGreaterThan(0);
  expect(shown.get("pg_cron_run_history_oldest_timestamp_seconds")).toBe(1_700_000_000);
});

it("never shows a job's command or what it returned", async () => {
  const { body } = await exporter.server.inject("/metrics");
  expect(body).toContain('job_name="nightly"');
  expect(body).not.toContain("secret");
});

it.skipIf(isMissing("promtool"))("writes what promtool accepts as metrics", async () => {
  const { body } = await exporter.server.inject("/metrics");
  // prom-client's own metrics of Node are not ours to name.
  const ours = body.split("\n").filter((line) => !/^(# \w+ )?(nodejs|process)_/.test(line));
  const checked = await execa("promtool", ["check", "metrics"], {
    input: `${ours.join("\n")}\n`,
    reject: false,
  });
  expect(checked.stderr + checked.stdout).toBe("");
  expect(checked.exitCode).toBe(0);
});

it("runs one set of queries for twenty scrapes at the same time", async () => {
  const calls = async () => {
    const { rows } = await admin.query<{ calls: number }>(
      `select coalesce(sum(calls), 0)::int as calls from extensions.pg_stat_statements
        where query like '%metrics_cron_scheduler()%' and query not like '%pg_stat_statements%'`,
    );
    return rows[0]?.calls ?? 0;
  };
  await exporter.scrape();
  const before = await calls();
  exporter.wait(10_000);
  const scrapes = await Promise.all(Array.from({ length: 20 }, () => exporter.server.inject("/metrics")));
  expect(new Set(scrapes.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  expect((await calls()) - before).toBe(1);
});

it("never opens more than two connections", async () => {
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(Array.from({ length: 20 }, () => exporter.server.inject("/metrics")));
    exporter.wait(10_000);
  }
  const { rows } = await admin.query("select from pg_stat_activity where usename = 'jobstack_exporter'");
  expect(rows.length).toBeLessThanOrEqual(2);
  const shown = await exporter.scrape();
  const connections = (state: string) => shown.get(`jobstack_exporter_pool_connections{state="${state}"}`);
  expect([connections("idle"), connections("busy")]).toEqual([rows.length, 0]);
});

describe("a collector that fails", () => {
  it("says permission when its role may not execute the function, and drops only its series", async () => {
    await exporter.scrape();
    await admin.query("revoke execute on function jobstack.metrics_cron_scheduler from jobstack_exporter");
    const shown = await exporter.scrape();
    await admin.query("grant execute on function jobstack.metrics_cron_scheduler to jobstack_exporter");
    expect(shown.get(success("cron_scheduler"))).toBe(0);
    expect(shown.get(errors("cron_scheduler", "permission"))).toBe(1);
    expect(shown.has("pg_cron_scheduler_up")).toBe(false);
    expect(shown.get(active)).toBe(0);
    expect((await exporter.scrape()).get("pg_cron_scheduler_up")).toBe(1);
  });

  it("says lock_timeout when someone holds the table, and comes back", async () => {
    const locker = await admin.connect();
    await locker.query("begin; lock table cron.job in access exclusive mode");
    const shown = await exporter.scrape();
    await locker.query("rollback");
    locker.release();
    expect(shown.get(success("cron_jobs"))).toBe(0);
    expect(shown.get(errors("cron_jobs", "lock_timeout"))).toBe(1);
    expect(shown.has(active)).toBe(false);
    expect(shown.get("pg_cron_scheduler_up")).toBe(1);
    expect((await exporter.scrape()).get(active)).toBe(0);
  });

  it("says missing_function when its function is not installed", async () => {
    await admin.query("alter function jobstack.metrics_cron_scheduler rename to hidden");
    const shown = await exporter.scrape();
    await admin.query("alter function jobstack.hidden rename to metrics_cron_scheduler");
    expect(shown.get(errors("cron_scheduler", "missing_function"))).toBe(1);
  });

  it("says timeout when the query takes longer than the scrape", async () => {
    await admin.query(
      `alter function jobstack.metrics_cron_scheduler rename to hidden;
       create function jobstack.metrics_cron_scheduler() returns void language sql as 'select pg_sleep(60)'`,
    );
    const { body } = await exporter.server.inject({
      url: "/metrics",
      headers: { "x-prometheus-scrape-timeout-seconds": "1.2" },
    });
    await admin.query(
      `drop function jobstack.metrics_cron_scheduler();
       alter function jobstack.hidden rename to metrics_cron_scheduler`,
    );
    expect(body).toContain('collector="cron_scheduler",reason="timeout",environment="test"} 1\n');
    expect(body).toContain(
      'jobstack_exporter_collector_success{collector="cron_jobs",environment="test"} 1\n',
    );
    expect((await exporter.scrape()).get(success("cron_scheduler"))).toBe(1);
  });

  it("loses only its ability to save when the database is read only", async () => {
    await admin.query("alter role jobstack_exporter set default_transaction_read_only = on");
    const readOnly = startExporter(exporterUrl);
    await admin.query("delete from jobstack.exporter_state");
    const shown = await readOnly.scrape();
    await admin.query("alter role jobstack_exporter reset default_transaction_read_only");
    await readOnly.stop();
    expect(shown.get(success("cron_runs"))).toBe(1);
    expect(shown.get('jobstack_exporter_state_save_success{collector="cron_runs"}')).toBe(0);
  });
});

it("says that the scheduler is down when its process is gone", async () => {
  await admin.query(
    "select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = 'pg_cron scheduler'",
  );
  const shown = await exporter.scrape();
  expect(shown.get("pg_cron_scheduler_up")).toBe(0);
  expect(shown.get(success("cron_scheduler"))).toBe(1);
});

it("says that the database is down when it is, and goes on when it is back", async () => {
  const before = await exporter.scrape();
  expect(before.get(active)).toBe(0);

  await cluster.cluster.stop();
  const { statusCode } = await exporter.server.inject("/metrics");
  const down = await exporter.scrape();
  expect(statusCode).toBe(200);
  expect(down.get("jobstack_exporter_database_up")).toBe(0);
  expect([...down.keys()].filter((series) => /^(pg_cron|jobs|pg_net)_/.test(series))).toEqual([]);
  exporter.wait(60_000);
  expect((await exporter.server.inject("/readyz")).statusCode).toBe(503);
  expect((await exporter.server.inject("/healthz")).statusCode).toBe(200);

  await cluster.cluster.start();
  const back = await exporter.scrape();
  expect(back.get("jobstack_exporter_database_up")).toBe(1);
  expect(back.get(active)).toBe(0);
  expect((await exporter.server.inject("/readyz")).statusCode).toBe(200);
});
