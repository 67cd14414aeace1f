import { expect, it } from "vitest";
import { checkCollectors } from "../check-collectors.ts";
import { collectorsFor } from "../collectors.ts";
import { jobTable } from "../job-table.ts";
import { fakeQuery } from "../testing/fake-database.ts";
import { type JobTableRow, jobTableCollector } from "./job-table.ts";

const table = jobTable.parse({ name: "mail", table: "mails", statuses: { ready: "new" } });
const collector = jobTableCollector(table);
const queue = "mail";

const nothing: JobTableRow = {
  ready: null,
  scheduled: null,
  processing: null,
  stuck: null,
  oldest_ready_age: null,
  oldest_processing_age: null,
  timed: false,
  server_us: 1_700_000_000_000_000,
};

async function collect(row: Partial<JobTableRow>, finished: object[] = [], saved: unknown = null) {
  const answers = {
    "set local": [],
    "metrics_job_table(": [{ ...nothing, ...row }],
    "metrics_job_table_times(": finished,
  };
  return await collector.collect(fakeQuery(answers), 0, saved);
}

it("shows the depths, ages and what has finished", async () => {
  const ended = { until_us: 1_700_000_000_000_000, attempt_bucket: null, wait_sum: 0, attempt_sum: 0 };
  const { samples } = await collect(
    {
      ready: 1,
      scheduled: 2,
      processing: 3,
      stuck: 4,
      oldest_ready_age: 5.5,
      oldest_processing_age: 6.5,
      timed: true,
    },
    [
      { ...ended, outcome: "completed", wait_bucket: null, run_bucket: 0, jobs: 7, run_sum: 0.07 },
      { ...ended, outcome: "failed", wait_bucket: null, run_bucket: null, jobs: 8, run_sum: 0 },
      { ...ended, outcome: null, wait_bucket: null, run_bucket: null, jobs: 9, run_sum: 0 },
    ],
  );
  expect(samples.filter(({ value }) => typeof value === "number")).toEqual([
    { name: "jobs_depth", labels: { queue, status: "ready" }, value: 1 },
    { name: "jobs_depth", labels: { queue, status: "scheduled" }, value: 2 },
    { name: "jobs_depth", labels: { queue, status: "processing" }, value: 3 },
    { name: "jobs_stuck", labels: { queue }, value: 4 },
    { name: "jobs_oldest_ready_age_seconds", labels: { queue }, value: 5.5 },
    { name: "jobs_oldest_processing_age_seconds", labels: { queue }, value: 6.5 },
    { name: "jobs_times_observed", labels: { queue }, value: 1 },
    { name: "jobs_finished_total", labels: { queue, outcome: "completed" }, value: 7 },
    { name: "jobs_finished_total", labels: { queue, outcome: "failed" }, value: 8 },
  ]);
  expect(new Set(samples.map(({ name }) => name))).toEqual(new Set(collector.metrics));
});

it("has no sample for NULL, and counts nothing while finished jobs cannot be observed", async () => {
  expect((await collect({})).samples).toEqual([{ name: "jobs_times_observed", labels: { queue }, value: 0 }]);
});

it("goes on counting from what was saved", async () => {
  const row = {
    until_us: 1_700_000_000_000_000,
    outcome: "completed",
    wait_bucket: null,
    run_bucket: null,
    attempt_bucket: null,
    jobs: 2,
    wait_sum: 0,
    run_sum: 0,
    attempt_sum: 0,
  };
  const first = await collect({ timed: true }, [row]);
  const second = await collect({ timed: true }, [row], JSON.parse(JSON.stringify(first.state)));
  expect(second.samples).toContainEqual({
    name: "jobs_finished_total",
    labels: { queue, outcome: "completed" },
    value: 4,
  });
});

it("takes a time that lies ahead as now", async () => {
  const { samples } = await collect({ ready: 1, oldest_ready_age: -2 });
  expect(samples).toContainEqual({ name: "jobs_oldest_ready_age_seconds", labels: { queue }, value: 0 });
});

it("stands beside the collectors of all databases and those of other tables", () => {
  expect(() => checkCollectors(collectorsFor([table, { ...table, name: "other" }]))).not.toThrow();
  expect(() => checkCollectors(collectorsFor([table, table]))).toThrow("job_table_mail");
});
