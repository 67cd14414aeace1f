import { expect, it } from "vitest";
import { fakeQuery } from "../testing/fake-database.ts";
import { type CronSchedulerRow, cronScheduler } from "./cron-scheduler.ts";

function collect(rows: readonly CronSchedulerRow[]) {
  return cronScheduler.collect(fakeQuery({ "metrics_cron_scheduler()": rows }), 0, null);
}

it("shows the launcher, its settings and its history", async () => {
  const row = {
    launcher_up: true,
    log_run: false,
    max_running_jobs: 32,
    history_rows: 1000,
    history_bytes: 81920,
    history_oldest: 1_700_000_000,
  };
  expect((await collect([row])).samples).toEqual([
    { name: "pg_cron_scheduler_up", labels: {}, value: 1 },
    { name: "pg_cron_log_run_enabled", labels: {}, value: 0 },
    { name: "pg_cron_max_running_jobs", labels: {}, value: 32 },
    { name: "pg_cron_run_history_estimated_rows", labels: {}, value: 1000 },
    { name: "pg_cron_run_history_size_bytes", labels: {}, value: 81920 },
    { name: "pg_cron_run_history_oldest_timestamp_seconds", labels: {}, value: 1_700_000_000 },
  ]);
});

it("has no sample for NULL", async () => {
  const row = {
    launcher_up: null,
    log_run: null,
    max_running_jobs: null,
    history_rows: null,
    history_bytes: null,
    history_oldest: null,
  };
  expect((await collect([row])).samples).toEqual([]);
});

it("has no samples without pg_cron's tables", async () => {
  expect((await collect([])).samples).toEqual([]);
});
