import { expect, it } from "vitest";
import type { CronRunRow, NewCronRunRow } from "./cron-run-row.ts";
import { type CronRunState, firstState } from "./cron-run-state.ts";
import { foldCronHistory } from "./fold-cron-history.ts";
import { foldCronRuns } from "./fold-cron-runs.ts";

const limit = 3;

function run(runid: number, status = "succeeded", jobid = 1): NewCronRunRow {
  const over = status === "succeeded" || status === "failed";
  return {
    runid,
    jobid,
    status,
    started_at: runid,
    ended_at: over ? runid + 2 : null,
    failure: null,
    alive: !over,
  };
}

function fold(state: CronRunState, rows: CronRunRow[]): CronRunState {
  return foldCronHistory(state, [1, 2], rows, limit, 5000);
}

const start = firstState({ incarnation: "1", newest_runid: 100, last_runid: 100 });

it("shows the last run and success of a job from before the exporter, and counts none of them", () => {
  const state = fold(start, [run(9, "failed"), run(8, "failed"), run(7)]);
  expect(state.jobs[1]).toMatchObject({
    newest: { runid: 9, status: "failed" },
    finished: { runid: 9, status: "failed", endedAt: 11, duration: 2 },
    lastSuccessAt: 9,
    consecutiveFailures: 2,
    succeeded: 0,
    failed: 0,
  });
});

it("goes on where the last batch ended, until every job has a success", () => {
  const first = fold(start, [run(9, "failed"), run(8, "failed"), run(7)]);
  expect(first.historyBelow).toBe(7);
  const second = fold(first, [run(6), run(5, "failed", 2), run(4, "succeeded", 2)]);
  expect(second.historyBelow).toBeNull();
  expect(second.jobs[2]).toMatchObject({ lastSuccessAt: 6, consecutiveFailures: 1 });
});

it("ends with the history", () => {
  expect(fold(start, [run(1, "failed")]).historyBelow).toBeNull();
  expect(fold(start, []).historyBelow).toBeNull();
});

it("leaves alone what newer runs say", () => {
  const newer = foldCronRuns(start, [1, 2], [run(101)], 5000);
  expect(fold(newer, [run(9, "failed")]).jobs[1]).toEqual(newer.jobs[1]);
});

it("adds failures that lie before those already counted", () => {
  const newer = foldCronRuns(start, [1, 2], [run(101, "failed")], 5000);
  expect(fold(newer, [run(9, "failed"), run(8)]).jobs[1]).toMatchObject({
    consecutiveFailures: 2,
    failed: 1,
  });
});

it("keeps an eye on a run that was under way at the first look, not on an abandoned one", () => {
  const state = fold(start, [run(9, "running"), run(8, "sending")]);
  expect(state.open).toEqual([{ runid: 9, jobid: 1, since: 9, alive: true }]);
  const finished = foldCronRuns(state, [1, 2], [run(9)], 5000);
  expect(finished.jobs[1]?.succeeded).toBe(1);
});

it("passes over the runs of jobs that are gone", () => {
  expect(Object.keys(fold(start, [run(9, "failed", 77)]).jobs)).toEqual(["1", "2"]);
});
