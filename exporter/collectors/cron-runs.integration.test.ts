import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openPool } from "../../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../../test/support/test-cluster.ts";
import { overlap } from "../cron-run-state.ts";
import { addCronJob, writeRun } from "../testing/cron-history.ts";
import { installMetrics } from "../testing/install-metrics.ts";
import { startExporter, type TestExporter } from "../testing/start-exporter.ts";
import { batch } from "./cron-runs.ts";

let cluster: TestCluster;
let admin: pg.Pool;
let exporterUrl: string;
let exporter: TestExporter;
let jobid: number;

beforeAll(async () => {
  cluster = await createTestCluster();
  admin = openPool(cluster.adminUrl, 2);
  admin.on("error", () => undefined);
  exporterUrl = await installMetrics(cluster.url);
});

afterAll(async () => {
  await admin?.end();
  await cluster?.stop();
});

beforeEach(async () => {
  await admin.query("truncate cron.job_run_details, cron.job, jobstack.exporter_state restart identity");
  jobid = await addCronJob(admin, "nightly");
  exporter = startExporter(exporterUrl);
});

afterEach(() => exporter.stop());

const labels = 'job_name="nightly",database="postgres"';
const succeeded = `pg_cron_job_runs_total{${labels},status="succeeded"}`;
const failed = `pg_cron_job_runs_total{${labels},status="failed"}`;
const observed = `pg_cron_job_run_duration_seconds_count{${labels}}`;

it("counts a run that is committed after a later one, once", async () => {
  await exporter.scrape();
  const slow = await admin.connect();
  await slow.query("begin");
  await writeRun(slow, { runid: 1, jobid });
  await writeRun(admin, { runid: 2, jobid });
  expect((await exporter.scrape()).get(succeeded)).toBe(1);
  await slow.query("commit");
  slow.release();
  expect((await exporter.scrape()).get(succeeded)).toBe(2);
  expect((await exporter.scrape()).get(succeeded)).toBe(2);
});

it("counts a run when it has finished, far below the newest by then", async () => {
  await exporter.scrape();
  await writeRun(admin, { runid: 1, jobid, status: "running", at: 1_700_000_000 });
  const during = await exporter.scrape();
  expect(during.get("pg_cron_running_jobs")).toBe(1);
  expect(during.get(`pg_cron_job_open_run_start_timestamp_seconds{${labels}}`)).toBe(1_700_000_000);
  const other = await addCronJob(admin, "busy");
  await admin.query(
    `insert into cron.job_run_details (runid, jobid, status, start_time, end_time)
     select r, $1, 'succeeded', now(), now() from generate_series(2, 1000) r`,
    [other],
  );
  await exporter.scrape();
  await writeRun(admin, { runid: 1, jobid, status: "failed" });
  const after = await exporter.scrape();
  expect(after.get(failed)).toBe(1);
  expect(after.get(observed)).toBe(1);
  expect(after.get("pg_cron_running_jobs")).toBe(0);
  expect(after.get('pg_cron_job_runs_total{job_name="busy",database="postgres",status="succeeded"}')).toBe(
    999,
  );
});

it("shows the last run and success of a job that ran before the exporter came, and does not count it", async () => {
  await writeRun(admin, { runid: 1, jobid, at: 1_700_000_000 });
  await writeRun(admin, { runid: 2, jobid, at: 1_700_000_100, status: "failed" });
  const shown = await exporter.scrape();
  expect(shown.get(`pg_cron_job_last_success_timestamp_seconds{${labels}}`)).toBe(1_700_000_002);
  expect(shown.get(`pg_cron_job_last_run_end_timestamp_seconds{${labels}}`)).toBe(1_700_000_102);
  expect(shown.get(`pg_cron_job_consecutive_failures{${labels}}`)).toBe(1);
  expect(shown.get(failed)).toBe(0);
});

describe("a restart of the exporter", () => {
  it("goes on with the counters, and counts what ran in between", async () => {
    await exporter.scrape();
    await writeRun(admin, { runid: 1, jobid });
    await writeRun(admin, { runid: 2, jobid, status: "failed" });
    await exporter.scrape();
    await exporter.stop();
    await writeRun(admin, { runid: 3, jobid });
    exporter = startExporter(exporterUrl);
    const shown = await exporter.scrape();
    expect([shown.get(succeeded), shown.get(failed), shown.get(observed)]).toEqual([2, 1, 3]);
  });

  it("keeps the counts and the last success of runs that were pruned", async () => {
    await exporter.scrape();
    await writeRun(admin, { runid: 1, jobid });
    await exporter.scrape();
    await exporter.stop();
    await admin.query("delete from cron.job_run_details");
    exporter = startExporter(exporterUrl);
    const shown = await exporter.scrape();
    expect(shown.get(succeeded)).toBe(1);
    expect(shown.get(`pg_cron_job_last_success_timestamp_seconds{${labels}}`)).toBe(1_700_000_002);
  });

  it("that was killed loses nothing, because what was not saved is read again", async () => {
    await exporter.scrape();
    await writeRun(admin, { runid: 1, jobid });
    await exporter.scrape();
    const { rows } = await admin.query(
      "select version from jobstack.exporter_state where collector = 'cron_runs'",
    );
    await writeRun(admin, { runid: 2, jobid });
    await exporter.scrape();
    const second = startExporter(exporterUrl);
    const shown = await second.scrape();
    await second.stop();
    expect(rows).toHaveLength(1);
    expect(shown.get(succeeded)).toBe(2);
  });
});

it("keeps two exporters of one database in step", async () => {
  const other = startExporter(exporterUrl);
  await exporter.scrape();
  await other.scrape();
  for (const runid of [1, 2, 3, 4]) {
    await writeRun(admin, { runid, jobid });
    exporter.wait(20_000);
    other.wait(20_000);
    expect((await exporter.scrape()).get(succeeded)).toBe(runid);
    expect((await other.scrape()).get(succeeded)).toBe(runid);
  }
  await other.stop();
});

describe("states that pg_cron leaves behind", () => {
  it("sees through a run that stayed connecting, with no times, below a later one", async () => {
    await exporter.scrape();
    await writeRun(admin, { runid: 1, jobid, status: "connecting", at: null });
    await writeRun(admin, { runid: 2, jobid });
    const shown = await exporter.scrape();
    expect(shown.get(succeeded)).toBe(1);
    expect(shown.get("pg_cron_running_jobs")).toBe(0);
    expect(shown.get(`pg_cron_job_last_run_status{${labels},status="succeeded"}`)).toBe(1);
    expect(shown.has(`pg_cron_job_open_run_start_timestamp_seconds{${labels}}`)).toBe(false);
  });

  it("does not take a run for under way whose process is gone, or bears another's number", async () => {
    await exporter.scrape();
    const { rows } = await admin.query("select pg_backend_pid() as pid");
    await writeRun(admin, { runid: 1, jobid, status: "running", pid: rows[0]?.pid });
    const gone = await addCronJob(admin, "gone");
    await writeRun(admin, { runid: 2, jobid: gone, status: "running", pid: 4_000_000 });
    expect((await exporter.scrape()).get("pg_cron_running_jobs")).toBe(0);
  });

  it.each([
    ["job startup timeout", "startup_timeout"],
    ["connection failed", "connection"],
    ["server closed the connection unexpectedly\n\tThis probably means", "connection"],
    ["server restarted", "server_restarted"],
    ["job canceled", "canceled"],
    ["ERROR:  division by zero\n", "error"],
  ])("tells by %j why a run failed: %s", async (message, reason) => {
    await exporter.scrape();
    await writeRun(admin, { runid: 1, jobid, status: "failed", at: null, message });
    const shown = await exporter.scrape();
    const failures = [...shown].filter(([series]) => series.startsWith("pg_cron_job_failures_total"));
    expect(failures.filter(([, value]) => value > 0)).toEqual([
      [`pg_cron_job_failures_total{${labels},reason="${reason}"}`, 1],
    ]);
  });

  it("goes on counting under the new name of a job, and drops one that was unscheduled", async () => {
    const other = await addCronJob(admin, "other");
    await exporter.scrape();
    await writeRun(admin, { runid: 1, jobid });
    await writeRun(admin, { runid: 2, jobid: other });
    await exporter.scrape();
    await admin.query("update cron.job set jobname = 'renamed' where jobid = $1", [jobid]);
    await admin.query("delete from cron.job where jobid = $1", [other]);
    const shown = await exporter.scrape();
    expect(
      shown.get('pg_cron_job_runs_total{job_name="renamed",database="postgres",status="succeeded"}'),
    ).toBe(1);
    expect([...shown.keys()].filter((series) => /job_name="(nightly|other)"/.test(series))).toEqual([]);
  });

  it("keeps two jobs of one name apart, which two users may have", async () => {
    await admin.query("update cron.job set username = 'supabase_admin'");
    const second = await addCronJob(admin, "nightly");
    await exporter.scrape();
    await writeRun(admin, { runid: 1, jobid });
    await writeRun(admin, { runid: 2, jobid: second, status: "failed" });
    const shown = await exporter.scrape();
    expect([shown.get(succeeded), shown.get(failed)]).toEqual([1, 0]);
    expect(
      shown.get(
        `pg_cron_job_runs_total{job_name="nightly jobid:${second}",database="postgres",status="failed"}`,
      ),
    ).toBe(1);
  });
});

it("counts what was missed while neither scheduler nor exporter was there", async () => {
  await admin.query("update cron.job set schedule = '* * * * *', active = true");
  await exporter.scrape();
  await exporter.stop();
  await admin.query(
    `update jobstack.exporter_state set state = jsonb_set(jsonb_set(jsonb_set(state,
       '{clock,server}', to_jsonb((state #>> '{clock,server}')::float8 - 600)),
       '{clock,steady}', to_jsonb((state #>> '{clock,steady}')::float8 - 600)),
       array['punctuality', $1, 'settledUntil'],
       to_jsonb((state #>> array['punctuality', $1, 'settledUntil'])::float8 - 600))
     where collector = 'cron_runs'`,
    [String(jobid)],
  );
  exporter = startExporter(exporterUrl);
  expect((await exporter.scrape()).get(`pg_cron_job_missed_runs_total{${labels}}`)).toBeGreaterThanOrEqual(8);
});

describe("with 100,000 runs", () => {
  const rows = 100_000;

  /** Connections report what they read when they end. */
  async function connectionsAreGone(): Promise<void> {
    await vi.waitFor(async () => {
      const sql = "select from pg_stat_activity where application_name = 'jobstack_exporter'";
      expect((await admin.query(sql)).rows).toEqual([]);
    }, 20_000);
  }

  it("reads a bounded number of rows by the index, also by plans made while the table was small", async () => {
    await connectionsAreGone();
    await admin.query("select pg_stat_reset_single_table_counters('cron.job_run_details'::regclass)");
    // Now the planner knows that the table is tiny; a plan is kept from its sixth use on.
    await writeRun(admin, { runid: 1, jobid, status: "running" });
    await admin.query("vacuum analyze cron.job_run_details");
    for (let count = 0; count < 8; count += 1) await exporter.scrape();
    await admin.query(
      `insert into cron.job_run_details (runid, jobid, status, start_time, end_time)
       select r, $1, 'succeeded', now(), now() from generate_series(2, $2::int) r`,
      [jobid, rows],
    );
    const [first, second] = [await exporter.scrape(), await exporter.scrape()];
    expect([first.get(succeeded), second.get(succeeded)]).toEqual([batch, 2 * batch - overlap]);
    await exporter.stop();
    await connectionsAreGone();
    const { rows: reads } = await admin.query<{ fetched: number }>(
      `select (seq_tup_read + idx_tup_fetch)::int as fetched
         from pg_stat_user_tables where relid = 'cron.job_run_details'::regclass`,
    );
    // Two batches; other sessions may report late what they did before, which is far less than the table.
    expect(reads[0]?.fetched).toBeGreaterThan(batch);
    expect(reads[0]?.fetched).toBeLessThan(rows / 4);
  });

  it("looks through the history a batch at a time for a job that ran long ago", async () => {
    const busy = await addCronJob(admin, "busy");
    await writeRun(admin, { runid: 1, jobid });
    await admin.query(
      `insert into cron.job_run_details (runid, jobid, status, start_time, end_time)
       select r, $1, 'succeeded', now(), now() from generate_series(2, $2::int) r`,
      [busy, 2 * batch + 10],
    );
    const lastSuccess = `pg_cron_job_last_success_timestamp_seconds{${labels}}`;
    expect((await exporter.scrape()).has(lastSuccess)).toBe(false);
    expect((await exporter.scrape()).has(lastSuccess)).toBe(false);
    expect((await exporter.scrape()).get(lastSuccess)).toBe(1_700_000_002);
  });
});
