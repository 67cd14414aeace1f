import { expect, it } from "vitest";
import { checkSamples } from "./check-samples.ts";
import { distribution, type Sample, sample } from "./sample.ts";

const queue = "a";

it("accepts samples of different series", () => {
  const samples = [...sample("jobs_stuck", { queue }, 1), ...sample("jobs_stuck", { queue: "b" }, 1)];
  expect(() => checkSamples(samples)).not.toThrow();
});

it("refuses a series given twice, for which Prometheus would refuse the scrape", () => {
  const samples = [...sample("jobs_stuck", { queue }, 1), ...sample("jobs_stuck", { queue }, 2)];
  expect(() => checkSamples(samples)).toThrow(
    'series "jobs_stuck{"queue":"a"}": given twice; add the label that tells them apart',
  );
});

it("refuses labels that got past the types", () => {
  const samples = [{ name: "jobs_stuck", labels: { worker: "b" }, value: 1 }] as unknown as Sample[];
  expect(() => checkSamples(samples)).toThrow(
    'series "jobs_stuck{"worker":"b"}": has other labels than the catalogue; give exactly: queue',
  );
});

it("refuses what is not a number", () => {
  expect(() => checkSamples(sample("jobs_stuck", { queue }, Number.NaN))).toThrow(
    'series "jobs_stuck{"queue":"a"}": is not a number; give no sample for NULL',
  );
});

it("refuses a counter below zero, on which prom-client would fail the whole scrape", () => {
  expect(() => checkSamples(sample("jobs_enqueued_total", { queue }, -1))).toThrow(
    'series "jobs_enqueued_total{"queue":"a"}": is -1; a counter is never below 0',
  );
  const labels = { job_name: "a", database: "b" };
  const negative = distribution("pg_cron_job_run_duration_seconds", labels, { counts: [1], sum: -2 });
  expect(() => checkSamples(negative)).toThrow("a histogram is never below 0");
});
