import { expect, it } from "vitest";
import { createProcessMetrics, createRenderer, render } from "./exposition.ts";
import { distribution, type Sample, sample } from "./sample.ts";

const labels = { environment: "test" };

function rendered(samples: readonly Sample[]): string[] {
  return render([{ labels, samples }])
    .split("\n")
    .filter((line) => line !== "");
}

it("writes gauges and counters with their labels and the environment", async () => {
  const samples = [
    ...sample("jobs_enqueued_total", { queue: "mail" }, 7),
    ...sample("jobs_stuck", { queue: "mail" }, 2),
    ...sample("jobs_stuck", { queue: "pdf" }, 0),
  ];
  expect(rendered(samples)).toEqual([
    "# HELP jobs_stuck Jobs that have been processing for longer than the queue's stuck_after_seconds.",
    "# TYPE jobs_stuck gauge",
    'jobs_stuck{queue="mail",environment="test"} 2',
    'jobs_stuck{queue="pdf",environment="test"} 0',
    "# HELP jobs_enqueued_total Jobs that entered the queue.",
    "# TYPE jobs_enqueued_total counter",
    'jobs_enqueued_total{queue="mail",environment="test"} 7',
  ]);
});

it("writes a histogram with cumulative buckets, sum and count", async () => {
  const counts = [1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3];
  const job = { job_name: "a", database: "b" };
  const lines = rendered(distribution("pg_cron_job_run_duration_seconds", job, { counts, sum: 9000.5 }));
  const series = (suffix: string, le?: string) =>
    `pg_cron_job_run_duration_seconds_${suffix}{job_name="a",database="b",${le ? `le="${le}",` : ""}environment="test"}`;
  expect(lines[1]).toBe("# TYPE pg_cron_job_run_duration_seconds histogram");
  expect(lines).toContain(`${series("bucket", "0.01")} 1`);
  expect(lines).toContain(`${series("bucket", "0.1")} 3`);
  expect(lines).toContain(`${series("bucket", "3600")} 3`);
  expect(lines).toContain(`${series("bucket", "+Inf")} 6`);
  expect(lines).toContain(`${series("sum")} 9000.5`);
  expect(lines).toContain(`${series("count")} 6`);
});

it("escapes what a job's name may contain", async () => {
  const job = { job_name: 'a "b"\\\nc', database: "d" };
  expect(rendered(sample("pg_cron_job_active", job, true))).toContain(
    'pg_cron_job_active{job_name="a \\"b\\"\\\\\\nc",database="d",environment="test"} 1',
  );
});

it("forgets a series that the next snapshot lacks", async () => {
  rendered(sample("jobs_stuck", { queue: "gone" }, 1));
  expect(rendered(sample("jobs_paused", { queue: "a" }, false))).toEqual([
    "# HELP jobs_paused Whether the queue is paused.",
    "# TYPE jobs_paused gauge",
    'jobs_paused{queue="a",environment="test"} 0',
  ]);
});

it("shows a metric of several targets once, each series with its target's labels", async () => {
  const counts = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  const samples = [
    ...sample("jobs_enqueued_total", { queue: "mail" }, 7),
    ...distribution("pg_cron_job_run_duration_seconds", { job_name: "a", database: "b" }, { counts, sum: 1 }),
  ];
  const text = render([
    { labels: { environment: "test", project: "shop" }, samples },
    { labels: { environment: "test", project: "blog" }, samples },
  ]);
  const enqueued = text.split("\n").filter((line) => line.includes("jobs_enqueued_total"));
  expect(enqueued.slice(2)).toEqual([
    'jobs_enqueued_total{queue="mail",environment="test",project="shop"} 7',
    'jobs_enqueued_total{queue="mail",environment="test",project="blog"} 7',
  ]);
  expect(text.match(/# TYPE/g)).toHaveLength(2);
  expect(text).toContain('_count{job_name="a",database="b",environment="test",project="blog"} 1\n');
  expect(text).toContain('{job_name="a",database="b",le="+Inf",environment="test",project="blog"} 1\n');
});

it("writes the same snapshot once, and another one anew", () => {
  const renderOnce = createRenderer();
  const samples = sample("jobs_stuck", { queue: "a" }, 1);
  const first = renderOnce([{ labels, samples }]);
  expect(renderOnce([{ labels, samples }])).toBe(first);
  expect(String(renderOnce([{ labels, samples: [...samples] }]))).toBe(String(first));
  expect(String(renderOnce([{ labels: { environment: "other" }, samples }]))).toContain(
    'environment="other"',
  );
});

it("tells of the process itself, with the environment alone", async () => {
  const processMetrics = createProcessMetrics();
  expect(await processMetrics("test")).toContain('process_start_time_seconds{environment="test"} ');
  expect(await processMetrics("other")).toContain('process_start_time_seconds{environment="other"} ');
});
