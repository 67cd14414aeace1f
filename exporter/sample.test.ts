import { expect, it } from "vitest";
import { distribution, sample } from "./sample.ts";

it("makes no sample of NULL", () => {
  expect(sample("jobs_stuck", { queue: "a" }, null)).toEqual([]);
});

it("makes 1 and 0 of true and false", () => {
  expect(sample("jobs_paused", { queue: "a" }, true)).toEqual([
    { name: "jobs_paused", labels: { queue: "a" }, value: 1 },
  ]);
  expect(sample("jobs_paused", { queue: "a" }, false)[0]?.value).toBe(0);
});

it("does not compile with what the catalogue lacks", () => {
  // @ts-expect-error: no such metric
  sample("jobs_lost", { queue: "a" }, 1);
  // @ts-expect-error: no such label
  sample("jobs_stuck", { queue: "a", worker: "b" }, 1);
  // @ts-expect-error: a label is missing
  sample("jobs_depth", { queue: "a" }, 1);
  // @ts-expect-error: not a value of this label
  sample("jobs_depth", { queue: "a", status: "lost" }, 1);
  // @ts-expect-error: a histogram is no number
  sample("pg_cron_job_run_duration_seconds", { job_name: "a", database: "b" }, 1);
  // @ts-expect-error: a gauge has no distribution
  distribution("jobs_stuck", { queue: "a" }, { counts: [], sum: 0 });
});
