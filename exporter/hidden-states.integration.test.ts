import path from "node:path";
import { execa } from "execa";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { isMissing } from "../alerts/testing/is-missing.ts";
import { findServer } from "../infra/local/postgres/find-server.ts";
import { type ClockedCluster, createClockedCluster } from "../test/support/clocked-cluster.ts";
import { openPool } from "../test/support/open-pool.ts";
import { createTestCluster } from "../test/support/test-cluster.ts";
import { expectAlerts } from "./testing/expect-alerts.ts";
import { installMetrics } from "./testing/install-metrics.ts";
import { startExporter, type TestExporter } from "./testing/start-exporter.ts";

// What pg_cron itself does in states that its tables do not tell, and whether an alert fires.
const withPromtool = it.skipIf(isMissing("promtool"));

let cluster: ClockedCluster;
let admin: pg.Pool;
let exporterUrl: string;
let exporter: TestExporter;
let scrapes: Map<string, number>[];
/** Each test has a month of its own: pg_cron starts nothing before the latest time that it has seen. */
let month = 0;

beforeAll(async () => {
  cluster = await createClockedCluster();
  admin = openPool(cluster.adminUrl, 2);
  exporterUrl = await installMetrics(cluster.url);
});

afterAll(async () => {
  await admin?.end();
  await cluster?.stop();
});

beforeEach(async () => {
  await admin.query("select cron.unschedule(jobid) from cron.job");
  await admin.query("truncate cron.job_run_details, jobstack.exporter_state");
  month += 1;
  cluster.setClock(new Date(Date.UTC(2027, month, 10, 12, 0, 20)));
  exporter = startExporter(exporterUrl);
  scrapes = [];
});

afterEach(() => exporter.stop());

const labels = 'job_name="tick",database="postgres"';
const missed = `pg_cron_job_missed_runs_total{${labels}}`;
const runs = (status: string) => `pg_cron_job_runs_total{${labels},status="${status}"}`;

async function scrape(): Promise<Map<string, number>> {
  const shown = await exporter.scrape();
  scrapes.push(shown);
  return shown;
}

/** Time passes, by less than what the exporter takes for a clock that was set. */
function pass(seconds: number): void {
  cluster.setClock(new Date(cluster.now().getTime() + seconds * 1000));
}

/** The next minute begins, and what runs at it ends. */
async function nextMinute(): Promise<void> {
  const { rows } = await admin.query<{ last: number | null }>(
    "select max(runid)::int as last from cron.job_run_details",
  );
  pass(58);
  await vi.waitFor(
    async () => {
      const found = await admin.query<{ status: string }>(
        "select status from cron.job_run_details where runid > $1",
        [rows[0]?.last ?? 0],
      );
      expect(found.rows.length).toBeGreaterThan(0);
      expect(found.rows.filter(({ status }) => !/^(succeeded|failed)$/.test(status))).toEqual([]);
    },
    { timeout: 20_000, interval: 100 },
  );
}

const seen = () => ({ scrapes, until: cluster.now().getTime() / 1000 });
const cronAlerts = ["CronSchedulerDown", "CronJobMissed", "CronJobLastRunFailed", "CronJobNotSucceeding"];

withPromtool("a job that runs each minute is no reason for an alert", async () => {
  await admin.query("select cron.schedule('tick', '* * * * *', 'select 1')");
  await scrape();
  for (let minute = 0; minute < 3; minute += 1) {
    await nextMinute();
    await scrape();
  }
  expect(scrapes.at(-1)?.get(runs("succeeded"))).toBe(3);
  expect(scrapes.at(-1)?.get(missed)).toBe(0);
  await expectAlerts(seen(), { silent: cronAlerts });
});

withPromtool("a clock that was set forward by a day is no missed run", async () => {
  await admin.query("select cron.schedule('tick', '* * * * *', 'select 1')");
  await scrape();
  await nextMinute();
  await scrape();
  pass(86_400);
  await nextMinute();
  await scrape();
  expect(scrapes.at(-1)?.get(missed)).toBe(0);
  expect(scrapes.at(-1)?.get(runs("succeeded"))).toBeGreaterThanOrEqual(2);
  await expectAlerts(seen(), { silent: cronAlerts });
});

withPromtool("a clock that was set back stops pg_cron until it has caught up, which fires", async () => {
  await admin.query("select cron.schedule('tick', '* * * * *', 'select 1')");
  await scrape();
  await nextMinute();
  await scrape();
  pass(-86_400);
  await scrape();
  for (let step = 0; step < 5; step += 1) {
    pass(50);
    await scrape();
  }
  const shown = scrapes.at(-1);
  expect(shown?.get("pg_cron_scheduler_up")).toBe(1);
  expect(shown?.get(missed)).toBeGreaterThanOrEqual(2);
  expect(shown?.get(`pg_cron_job_last_success_timestamp_seconds{${labels}}`)).toBeLessThan(
    cluster.now().getTime() / 1000,
  );
  await expectAlerts(seen(), { firing: ["CronJobMissed"], silent: ["CronSchedulerDown"] });
});

withPromtool("a job whose database was renamed fails, and says that it is the connection", async () => {
  await admin.query("create database shop");
  await admin.query("select cron.schedule_in_database('tick', '* * * * *', 'select 1', 'shop')");
  await scrape();
  await nextMinute();
  await scrape();
  await admin.query("alter database shop rename to store");
  await nextMinute();
  await scrape();
  const job = 'job_name="tick",database="shop"';
  expect(scrapes.at(-2)?.get(`pg_cron_job_runs_total{${job},status="succeeded"}`)).toBe(1);
  expect(scrapes.at(-1)?.get(`pg_cron_job_failures_total{${job},reason="connection"}`)).toBe(1);
  await expectAlerts(seen(), { firing: ["CronJobLastRunFailed"], silent: ["CronSchedulerDown"] });
});

withPromtool("statistics that were reset and a history that was truncated change no count", async () => {
  await admin.query("select cron.schedule('tick', '* * * * *', 'select 1')");
  await scrape();
  await nextMinute();
  const before = await scrape();
  await admin.query("select pg_stat_reset(); truncate cron.job_run_details");
  const after = await scrape();
  expect(before.get(runs("succeeded"))).toBe(1);
  expect(after.get(runs("succeeded"))).toBe(1);
  const success = `pg_cron_job_last_success_timestamp_seconds{${labels}}`;
  expect(after.get(success)).toBe(before.get(success));
  await nextMinute();
  expect((await scrape()).get(runs("succeeded"))).toBe(2);
  await expectAlerts(seen(), { silent: cronAlerts });
});

withPromtool("a database that was restored from a dump begins anew, and knows its last runs", async () => {
  await admin.query("select cron.schedule('tick', '* * * * *', 'select 1')");
  await scrape();
  await nextMinute();
  await nextMinute();
  await scrape();
  expect(scrapes.at(-1)?.get(runs("succeeded"))).toBe(2);
  await exporter.stop();
  const restored = await createTestCluster();
  const { bindir } = findServer();
  const { stdout: dump } = await execa(path.join(bindir, "pg_dump"), ["--dbname", cluster.adminUrl]);
  await execa(path.join(bindir, "psql"), [
    ...["--no-psqlrc", "--dbname", restored.adminUrl],
    ...["--command", "create role jobstack_exporter login password 'exporter'"],
  ]);
  // What every database of the platform has is there already.
  await execa(path.join(bindir, "psql"), ["--no-psqlrc", "--dbname", restored.adminUrl], { input: dump });
  exporter = startExporter(restored.url.replace(/\/\/[^@]*@/, "//jobstack_exporter:exporter@"));
  try {
    const shown = await exporter.scrape();
    expect(shown.get(runs("succeeded"))).toBe(0);
    expect(shown.get(missed)).toBe(0);
    const success = `pg_cron_job_last_success_timestamp_seconds{${labels}}`;
    expect(shown.get(success)).toBeGreaterThan(0);
  } finally {
    await exporter.stop();
    await restored.stop();
  }
});

withPromtool("a launcher that was ended starts nothing any more, which fires twice over", async () => {
  await admin.query("select cron.schedule('tick', '* * * * *', 'select 1')");
  await scrape();
  await nextMinute();
  await scrape();
  await admin.query(
    "select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = 'pg_cron scheduler'",
  );
  for (let step = 0; step < 5; step += 1) {
    pass(50);
    await scrape();
  }
  expect(scrapes.at(-1)?.get("pg_cron_scheduler_up")).toBe(0);
  expect(scrapes.at(-1)?.get(missed)).toBeGreaterThanOrEqual(2);
  await expectAlerts(seen(), { firing: ["CronSchedulerDown", "CronJobMissed"] });
  await cluster.cluster.stop();
  await cluster.cluster.start();
});

withPromtool(
  "an extension that was made anew begins anew, though its ids are past those of the old one",
  async () => {
    await admin.query("select cron.schedule('tick', '* * * * *', 'select 1')");
    await scrape();
    await nextMinute();
    await scrape();
    await exporter.stop();
    await admin.query("drop extension pg_cron; create extension pg_cron with schema pg_catalog");
    await admin.query("select setval('cron.runid_seq', 1000)");
    const { rows } = await admin.query<{ id: number }>(
      "select cron.schedule('other', '0 0 1 1 *', 'select 1')::int as id",
    );
    await admin.query(
      `insert into cron.job_run_details (runid, jobid, status, start_time, end_time)
     select r, $1, 'failed', now(), now() from generate_series(1, 1000) r`,
      [rows[0]?.id],
    );
    exporter = startExporter(exporterUrl);
    const shown = await scrape();
    const job = 'job_name="other",database="postgres"';
    expect(shown.get(`pg_cron_job_runs_total{${job},status="failed"}`)).toBe(0);
    expect(shown.get(`pg_cron_job_consecutive_failures{${job}}`)).toBe(1000);
    expect([...shown.keys()].filter((series) => series.includes('job_name="tick"'))).toEqual([]);
    await expectAlerts({ ...seen(), held: 6 }, { firing: ["CronJobFailing", "CronJobLastRunFailed"] });
  },
);
