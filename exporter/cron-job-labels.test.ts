import { expect, it } from "vitest";
import { type CronJobRow, labelCronJobs } from "./cron-job-labels.ts";

function job(jobid: number, job_name: string | null, database = "postgres"): CronJobRow {
  return { jobid, job_name, database, schedule: "* * * * *", username: "postgres", active: true };
}

function names(jobs: CronJobRow[]): Record<number, string> {
  return Object.fromEntries([...labelCronJobs(jobs)].map(([jobid, { job_name }]) => [jobid, job_name]));
}

it("labels a job by its name and database", () => {
  expect(labelCronJobs([job(7, "tick", "app")])).toEqual(
    new Map([[7, { job_name: "tick", database: "app" }]]),
  );
});

it("labels a job without a name by its id", () => {
  expect(names([job(7, null), job(8, "")])).toEqual({ 7: "jobid:7", 8: "jobid:8" });
});

it("gives a name to its oldest job, whatever the order of rows, and the id to the others", () => {
  expect(names([job(9, "tick"), job(7, "tick"), job(8, "tick", "other")])).toEqual({
    7: "tick",
    8: "tick",
    9: "tick jobid:9",
  });
});
