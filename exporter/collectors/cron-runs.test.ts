import { describe, expect, it } from "vitest";
import type { CronJobRow } from "../cron-job-labels.ts";
import type { CronRunRow, NewCronRunRow } from "../cron-run-row.ts";
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
  runs?: Partial<NewCronRunRow>[];
  history?: CronRunRow[];
  now?: number;
  steady?: number;
  log_run?: boolean;
}

/** One collection, by default 1000 seconds after 1970, and the arguments of the queries that read runs. */
async function collect(
  { jobs = [tick], newest = null, runs = [], history = [], now = 1000, steady = now, log_run = true }: World,
  saved: unknown = null,
) {
  const asked: Record<string, readonly unknown[]> = {};
  const record = (name: string, rows: readonly object[]) => (values: readonly unknown[]) => {
    asked[name] = values;
    return rows;
  };
  const answers: Answers = {
    "metrics_cron_jobs()": jobs,
    "metrics_cron_clock()": [
      {
        server_time: now,
        time_zone: "GMT",
        log_run,
        newest_runid: newest,
        last_runid: newest,
        incarnation: "1",
      },
    ],
    "metrics_cron_runs(": record("runs", runs),
    "metrics_cron_history(": record("history", history),
  };
  const { samples, state } = await cronRuns.collect(fakeQuery(answers), steady, saved);
  return { samples, state: cronRunState.parse(state), asked };
}

/** "metric status" or "metric", with the value; a histogram by the number of its observations. */
function values(samples: readonly Sample[]): Record<string, number> {
  return Object.fromEntries(
    samples.map(({ name, labels, value }) => [
      "status" in labels
        ? `${name} ${labels.status}`
        : "reason" in labels
          ? `${name} ${labels.reason}`
          : name,
      typeof value === "number" ? value : value.counts.reduce((sum, count) => sum + count, 0),
    ]),
  );
}

const succeeded = { runid: 12, jobid: 7, status: "succeeded", started_at: 962, ended_at: 966 };
const running = { runid: 13, jobid: 7, status: "running", started_at: 1021, ended_at: null, alive: true };
const noFailures = {
  "pg_cron_job_failures_total startup_timeout": 0,
  "pg_cron_job_failures_total connection": 0,
  "pg_cron_job_failures_total server_restarted": 0,
  "pg_cron_job_failures_total canceled": 0,
  "pg_cron_job_failures_total error": 0,
};

it("shows every declared metric of a job that has run and runs again", async () => {
  const { state } = await collect({ newest: 11, now: 950 });
  const runs = [succeeded, running];
  const { samples } = await collect({ newest: 13, runs, now: 1030 }, state);
  expect(values(samples)).toEqual({
    pg_cron_running_jobs: 1,
    "pg_cron_job_runs_total succeeded": 1,
    "pg_cron_job_runs_total failed": 0,
    ...noFailures,
    pg_cron_job_run_duration_seconds: 1,
    pg_cron_job_last_run_start_timestamp_seconds: 1021,
    pg_cron_job_last_run_end_timestamp_seconds: 966,
    pg_cron_job_last_run_duration_seconds: 4,
    "pg_cron_job_last_run_status starting": 0,
    "pg_cron_job_last_run_status running": 1,
    "pg_cron_job_last_run_status succeeded": 0,
    "pg_cron_job_last_run_status failed": 0,
    pg_cron_job_last_success_timestamp_seconds: 966,
    pg_cron_job_consecutive_failures: 0,
    pg_cron_job_open_run_start_timestamp_seconds: 1021,
    pg_cron_job_start_delay_seconds: 2,
    pg_cron_job_missed_runs_total: 0,
    pg_cron_job_expected_run_timestamp_seconds: 1020,
    pg_cron_job_next_run_timestamp_seconds: 1080,
    pg_cron_job_schedule_interval_seconds: 60,
  });
  expect(new Set(samples.map(({ name }) => name))).toEqual(new Set(cronRuns.metrics));
  expect(samples[1]?.labels).toEqual({ job_name: "tick", database: "postgres", status: "succeeded" });
});

it("shows a job that never ran with zeros and without times of runs", async () => {
  const { samples } = await collect({});
  expect(values(samples)).toEqual({
    pg_cron_running_jobs: 0,
    "pg_cron_job_runs_total succeeded": 0,
    "pg_cron_job_runs_total failed": 0,
    ...noFailures,
    pg_cron_job_run_duration_seconds: 0,
    pg_cron_job_consecutive_failures: 0,
    pg_cron_job_start_delay_seconds: 0,
    pg_cron_job_missed_runs_total: 0,
    pg_cron_job_expected_run_timestamp_seconds: 960,
    pg_cron_job_next_run_timestamp_seconds: 1020,
    pg_cron_job_schedule_interval_seconds: 60,
  });
});

it("has no due times of a job that is off, or is due only when the server starts", async () => {
  for (const job of [
    { ...tick, active: false },
    { ...tick, schedule: "@reboot" },
  ]) {
    const shown = Object.keys(values((await collect({ jobs: [job] })).samples));
    expect(shown.filter((name) => /expected|next|interval/.test(name))).toEqual([]);
  }
});

describe("missed runs", () => {
  const missed = async (later: World, saved: unknown) =>
    values((await collect(later, saved)).samples).pg_cron_job_missed_runs_total;

  it("are counted when no run came, and over a restart of the exporter as well", async () => {
    const { state } = await collect({});
    expect(await missed({ now: 1300 }, structuredClone(state))).toBe(4);
  });

  it("are not counted over a jump of the clock, forth or back", async () => {
    const { state } = await collect({});
    expect(await missed({ now: 20_000, steady: 1010 }, state)).toBe(0);
    const back = await collect({ now: 500, steady: 1010 }, state);
    expect(await missed({ now: 700, steady: 1210 }, back.state)).toBe(2);
  });

  it("are not counted while pg_cron records no runs", async () => {
    const { state } = await collect({});
    expect(await missed({ now: 1300, log_run: false }, state)).toBe(0);
  });

  it("are not counted after a day's absence, as of a database restored from a dump", async () => {
    const { state } = await collect({});
    expect(await missed({ now: 100_000 }, state)).toBe(0);
  });
});

it("does not count a run whose process is gone as under way, and counts its failure when pg_cron says so", async () => {
  const { state } = await collect({ newest: 11, now: 1025 });
  const gone = await collect({ newest: 13, runs: [{ ...running, alive: false }], now: 1030 }, state);
  expect(values(gone.samples)).toMatchObject({ pg_cron_running_jobs: 0 });
  expect(values(gone.samples)).not.toHaveProperty("pg_cron_job_open_run_start_timestamp_seconds");
  const closed = { ...running, status: "failed", failure: "server_restarted" as const, alive: null };
  const after = await collect({ newest: 13, runs: [closed], now: 1040 }, gone.state);
  expect(values(after.samples)).toMatchObject({
    "pg_cron_job_runs_total failed": 1,
    "pg_cron_job_failures_total server_restarted": 1,
  });
});

it("gives up a run that was left connecting a minute after it was first seen", async () => {
  const { state } = await collect({ newest: 11 });
  const left = { ...running, status: "connecting", started_at: null, alive: null };
  const first = await collect({ newest: 13, runs: [left], now: 1010 }, state);
  expect(values(first.samples)).toMatchObject({ pg_cron_running_jobs: 1 });
  const later = await collect({ newest: 13, runs: [left], now: 1071 }, first.state);
  expect(values(later.samples)).toMatchObject({ pg_cron_running_jobs: 0 });
  const missed = await collect({ newest: 13, runs: [left], now: 1200 }, later.state);
  expect(values(missed.samples)).toMatchObject({ pg_cron_job_missed_runs_total: 3 });
});

it("leaves out the times of a run that ended without any", async () => {
  const { state } = await collect({ newest: 11 });
  const lost = { ...succeeded, status: "failed", started_at: null, ended_at: null };
  const shown = values((await collect({ newest: 12, runs: [lost] }, state)).samples);
  expect(shown).toMatchObject({
    "pg_cron_job_runs_total failed": 1,
    "pg_cron_job_last_run_status failed": 1,
  });
  expect(
    Object.keys(shown).filter((name) => /(?<!expected_run|next_run)_timestamp|last_run_duration/.test(name)),
  ).toEqual([]);
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
