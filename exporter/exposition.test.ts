import { beforeAll, expect, it } from "vitest";
import { createRender, type Render } from "./exposition.ts";
import { distribution, type Sample, sample } from "./sample.ts";

let render: Render;

beforeAll(() => {
  render = createRender("test");
});

/** Without prom-client's own metrics of the process. */
async function rendered(samples: readonly Sample[]): Promise<string[]> {
  const lines = (await render(samples)).split("\n");
  return lines.filter((line) => /^(# \w+ )?(pg_cron|jobs|pg_net|jobstack)_/.test(line));
}

it("writes gauges and counters with their labels and the environment", async () => {
  const samples = [
    ...sample("jobs_enqueued_total", { queue: "mail" }, 7),
    ...sample("jobs_stuck", { queue: "mail" }, 2),
    ...sample("jobs_stuck", { queue: "pdf" }, 0),
  ];
  expect(await rendered(samples)).toEqual([
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
  const labels = { job_name: "a", database: "b" };
  const lines = await rendered(
    distribution("pg_cron_job_run_duration_seconds", labels, { counts, sum: 9000.5 }),
  );
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
  const labels = { job_name: 'a "b"\\\nc', database: "d" };
  expect(await rendered(sample("pg_cron_job_active", labels, true))).toContain(
    'pg_cron_job_active{job_name="a \\"b\\"\\\\\\nc",database="d",environment="test"} 1',
  );
});

it("forgets a series that the next snapshot lacks", async () => {
  await rendered(sample("jobs_stuck", { queue: "gone" }, 1));
  expect(await rendered(sample("jobs_paused", { queue: "a" }, false))).toEqual([
    "# HELP jobs_paused Whether the queue is paused.",
    "# TYPE jobs_paused gauge",
    'jobs_paused{queue="a",environment="test"} 0',
  ]);
});

it("adds the metrics of the process", async () => {
  expect(await render([])).toContain('process_start_time_seconds{environment="test"} ');
});
