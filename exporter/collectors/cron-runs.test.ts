import { expect, it } from "vitest";
import type { CronJobRow } from "../cron-job-labels.ts";
import type { CronRunRow } from "../cron-run-row.ts";
import { cronRunState } from "../cron-run-state.ts";
import type { Sample } from "../sample.ts";
import { type Answers, fakeQuery } from "../testing/fake-database.ts";
import { batch, cronRuns } from "./cron-runs.ts";

const tick: CronJobRow = {
  jobid: 7,
  job_name: "tick",
  schedule: "* * * * *",
  database: "postgres",
  username: "app",
  active: true,
};

interface World {
  jobs?: CronJobRow[];
  newest?: number | null;
  runs?: CronRunRow[];
  history?: CronRunRow[];
}

/** One collection, and the arguments of the queries that read runs. */
async function collect(
  { jobs = [tick], newest = null, runs = [], history = [] }: World,
  saved: unknown = null,
) {
  const asked: Record<string, readonly unknown[]> = {};
  const record = (name: string, rows: readonly object[]) => (values: readonly unknown[]) => {
    asked[name] = values;
    return rows;
  };
  const answers: Answers = {
    "metrics_cron_jobs()": jobs,
    "metrics_cron_newest_run()": [{ runid: newest }],
    "metrics_cron_runs(": record("runs", runs),
    "metrics_cron_history(": record("history", history),
  };
  const { samples, state } = await cronRuns.collect(fakeQuery(answers), 1000, saved);
  return { samples, state: cronRunState.parse(state), asked };
}

/** "metric status" or "metric", with the value; a histogram by the number of its observations. */
function values(samples: readonly Sample[]): Record<string, number> {
  return Object.fromEntries(
    samples.map(({ name, labels, value }) => [
      "status" in labels ? `${name} ${labels.status}` : name,
      typeof value === "number" ? value : value.counts.reduce((sum, count) => sum + count, 0),
    ]),
  );
}

const succeeded = { runid: 12, jobid: 7, status: "succeeded", started_at: 900, ended_at: 904 };
const running = { runid: 13, jobid: 7, status: "running", started_at: 960, ended_at: null };

it("shows every declared metric of a job that has run and runs again", async () => {
  const { state } = await collect({ newest: 11 });
  const { samples } = await collect({ newest: 13, runs: [succeeded, running] }, state);
  expect(values(samples)).toEqual({
    pg_cron_running_jobs: 1,
    "pg_cron_job_runs_total succeeded": 1,
    "pg_cron_job_runs_total failed": 0,
    pg_cron_job_run_duration_seconds: 1,
    pg_cron_job_last_run_start_timestamp_seconds: 960,
    pg_cron_job_last_run_end_timestamp_seconds: 904,
    pg_cron_job_last_run_duration_seconds: 4,
    "pg_cron_job_last_run_status starting": 0,
    "pg_cron_job_last_run_status running": 1,
    "pg_cron_job_last_run_status succeeded": 0,
    "pg_cron_job_last_run_status failed": 0,
    pg_cron_job_last_success_timestamp_seconds: 904,
    pg_cron_job_consecutive_failures: 0,
    pg_cron_job_open_run_start_timestamp_seconds: 960,
  });
  expect(new Set(samples.map(({ name }) => name))).toEqual(new Set(cronRuns.metrics));
  expect(samples[1]?.labels).toEqual({ job_name: "tick", database: "postgres", status: "succeeded" });
});

it("shows a job that never ran with zeros and without times", async () => {
  const { samples } = await collect({});
  expect(values(samples)).toEqual({
    pg_cron_running_jobs: 0,
    "pg_cron_job_runs_total succeeded": 0,
    "pg_cron_job_runs_total failed": 0,
    pg_cron_job_run_duration_seconds: 0,
    pg_cron_job_consecutive_failures: 0,
  });
});

it("leaves out the times of a run that ended without any", async () => {
  const { state } = await collect({ newest: 11 });
  const lost = { ...succeeded, status: "failed", started_at: null, ended_at: null };
  const shown = values((await collect({ newest: 12, runs: [lost] }, state)).samples);
  expect(shown).toMatchObject({
    "pg_cron_job_runs_total failed": 1,
    "pg_cron_job_last_run_status failed": 1,
  });
  expect(Object.keys(shown).filter((name) => /timestamp|last_run_duration/.test(name))).toEqual([]);
});

it("shows only the number of running jobs when there are no jobs", async () => {
  expect(values((await collect({ jobs: [] })).samples)).toEqual({ pg_cron_running_jobs: 0 });
});

it("asks for what is new, what was open and the history, each bounded", async () => {
  const first = await collect({ newest: 500, history: [{ ...running, runid: 490 }] });
  expect(first.asked).toEqual({ runs: [500, [], batch], history: [501, batch] });
  const second = await collect({ newest: 700, runs: [{ ...running, runid: 490 }] }, first.state);
  expect(second.asked).toEqual({ runs: [500, [490], batch] });
});

it("starts anew from a saved state that does not fit", async () => {
  const { state } = await collect({ newest: 11 }, { watermark: "eleven" });
  expect(state).toMatchObject({ floor: 11, watermark: 11 });
});
