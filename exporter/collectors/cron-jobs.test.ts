import { expect, it } from "vitest";
import type { CronJobRow } from "../cron-job-labels.ts";
import { fakeQuery } from "../testing/fake-database.ts";
import { cronJobs } from "./cron-jobs.ts";

const job: CronJobRow = {
  jobid: 7,
  job_name: "tick",
  schedule: "* * * * *",
  database: "postgres",
  username: "app",
  active: true,
};

function collect(rows: readonly CronJobRow[]) {
  return cronJobs.collect(fakeQuery({ "metrics_cron_jobs()": rows }), 0, null);
}

it("shows what a job is and whether it is active", async () => {
  const labels = { job_name: "tick", database: "postgres" };
  expect((await collect([job, { ...job, jobid: 8, job_name: null, active: false }])).samples).toEqual([
    {
      name: "pg_cron_job_info",
      labels: { ...labels, jobid: "7", schedule: "* * * * *", username: "app" },
      value: 1,
    },
    { name: "pg_cron_job_active", labels, value: 1 },
    {
      name: "pg_cron_job_info",
      labels: {
        job_name: "jobid:8",
        database: "postgres",
        jobid: "8",
        schedule: "* * * * *",
        username: "app",
      },
      value: 1,
    },
    { name: "pg_cron_job_active", labels: { job_name: "jobid:8", database: "postgres" }, value: 0 },
  ]);
});

it("has no samples when there are no jobs", async () => {
  expect((await collect([])).samples).toEqual([]);
});
