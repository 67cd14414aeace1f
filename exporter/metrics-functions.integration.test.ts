import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../test/support/test-database.ts";
import { installMetrics, metricsFunctions } from "./testing/install-metrics.ts";
import { startExporter } from "./testing/start-exporter.ts";

let database: TestDatabase;
let exporterUrl: string;
let asExporter: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  exporterUrl = await installMetrics(database.url);
  asExporter = new pg.Pool({ connectionString: exporterUrl, max: 1 });
});

afterAll(async () => {
  await asExporter?.end();
  await database?.drop();
});

async function rows(sql: string): Promise<unknown[]> {
  return (await asExporter.query(sql)).rows;
}

describe("the functions of sql/metrics", () => {
  it("install by themselves where pg_cron and pg_net are absent, and find nothing", async () => {
    expect(await rows("select * from jobstack.metrics_cron_jobs()")).toEqual([]);
    expect(await rows("select * from jobstack.metrics_cron_runs(0, '{1}', 10)")).toEqual([]);
    expect(await rows("select * from jobstack.metrics_cron_history(9, 10)")).toEqual([]);
    expect(await rows("select * from jobstack.metrics_cron_scheduler()")).toEqual([]);
    expect(await rows("select * from jobstack.metrics_cron_clock()")).toEqual([]);
    expect(await rows("select * from jobstack.metrics_pg_net()")).toEqual([]);
    expect(await rows("select * from jobstack.metrics_pg_net_responses(0, 10)")).toEqual([]);
    expect(await rows("select * from jobstack.metrics_pg_net_callers()")).toEqual([]);
    expect(await rows("select * from jobstack.metrics_timed_queues()")).toEqual([]);
    expect(await rows("select * from jobstack.metrics_finished_jobs('{}', '{}', '{}', '{}', 1)")).toEqual([]);
    expect(await rows("select * from jobstack.metrics_workers()")).toEqual([]);
    expect(await rows("select jobstack.metrics_tick() as at")).toEqual([{ at: null }]);
    expect(await rows("select * from jobstack.metrics_alerts()")).toEqual([]);
  });

  it.each(metricsFunctions)("runs %s with its owner's rights and a fixed search path", async (name) => {
    const { rows: found } = await database.pool.query(
      `select prosecdef, proowner::regrole::text as owner, 'search_path=""' = any (proconfig) as fixed
         from pg_proc where pronamespace = 'jobstack'::regnamespace and proname = $1`,
      [name],
    );
    expect(found).toEqual([{ prosecdef: true, owner: "postgres", fixed: true }]);
  });

  it("are all that the exporter's role may use", async () => {
    await expect(rows("select * from jobstack.exporter_state")).rejects.toThrow(
      "permission denied for table exporter_state",
    );
  });
});

it("skips every collector that has nothing to observe, without an error", async () => {
  const exporter = startExporter(exporterUrl);
  const shown = await exporter.scrape();
  await exporter.stop();
  const skipped = [...shown].filter(([series]) => series.startsWith("jobstack_exporter_collector_skipped"));
  expect(skipped).toEqual(
    ["cron_jobs", "cron_runs", "cron_scheduler", "queues", "finished_jobs", "upkeep", "pg_net"].map(
      (collector) => [`jobstack_exporter_collector_skipped{collector="${collector}"}`, 1],
    ),
  );
  expect([...shown.keys()].filter((series) => /^(pg_cron|jobs|pg_net)_/.test(series))).toEqual([]);
  expect(
    [...shown.keys()].filter((series) => series.startsWith("jobstack_exporter_collector_success")),
  ).toEqual([]);
});
