import { describe, expect, it } from "vitest";
import type { NewCronRunRow } from "./cron-run-row.ts";
import { type CronRunState, firstState, overlap, readAfter, resumeState } from "./cron-run-state.ts";
import { foldCronRuns } from "./fold-cron-runs.ts";

const now = 5000;

/** A run of job 1 that began at `runid` and took two seconds. */
function run(runid: number, row: Partial<NewCronRunRow> = {}): NewCronRunRow {
  const times = { started_at: runid, ended_at: runid + 2 };
  return { runid, jobid: 1, status: "succeeded", ...times, failure: null, alive: null, ...row };
}

function open(runid: number, row: Partial<NewCronRunRow> = {}): NewCronRunRow {
  return run(runid, { status: "running", ended_at: null, alive: true, ...row });
}

function fold(state: CronRunState, rows: NewCronRunRow[], at = now): CronRunState {
  return foldCronRuns(state, [1, 2], rows, at);
}

function job(state: CronRunState) {
  const known = state.jobs[1];
  if (!known) throw new Error("job 1 is not known");
  return known;
}

function history(newest: number | null, last = newest, incarnation = "one") {
  return { newest_runid: newest, last_runid: last, incarnation };
}

const start = firstState(history(null));

describe("counting", () => {
  it("counts each finished run once, however often it is read", () => {
    const once = fold(start, [run(1), run(2, { status: "failed" })]);
    const twice = fold(once, [run(1), run(2, { status: "failed" })]);
    expect([job(twice).succeeded, job(twice).failed]).toEqual([1, 1]);
  });

  it("counts a lower run id that is committed late, once", () => {
    const late = fold(fold(start, [run(10)]), [run(9, { jobid: 2 }), run(10)]);
    const again = fold(late, [run(9, { jobid: 2 }), run(10)]);
    expect([again.jobs[2]?.succeeded, job(again).succeeded]).toEqual([1, 1]);
  });

  it("remembers counted ids only within the overlap, below which it does not read again", () => {
    const rows = Array.from({ length: 3 * overlap }, (_, index) => run(index + 1));
    const state = fold(start, rows);
    expect(state.counted).toHaveLength(overlap);
    expect(Math.min(...state.counted)).toBe(readAfter(state) + 1);
  });

  it("counts nothing of a run that is open, and counts it when it has finished", () => {
    const before = fold(start, [open(1)]);
    expect(job(before).succeeded).toBe(0);
    expect(before.open).toEqual([{ runid: 1, jobid: 1, since: 1, alive: true }]);
    const after = fold(before, [run(1)]);
    expect(job(after).succeeded).toBe(1);
    expect(after.open).toEqual([]);
  });

  it("counts a run that lies far below by now, if it was open", () => {
    const long = fold(start, [open(1)]);
    const busy = fold(long, [open(1), run(900, { jobid: 2 })]);
    expect(readAfter(busy)).toBe(800);
    expect(job(fold(busy, [run(1)])).succeeded).toBe(1);
  });

  it("counts only what came after the exporter's first look", () => {
    const state = firstState(history(50));
    expect(readAfter(state)).toBe(50);
    expect(job(fold(state, [])).succeeded).toBe(0);
  });

  it("shows every job with zeros before its first run, or else its first failure would be lost", () => {
    expect(fold(start, []).jobs[2]).toMatchObject({ succeeded: 0, failed: 0, consecutiveFailures: 0 });
  });

  it("drops the runs of jobs that are gone", () => {
    const state = foldCronRuns(fold(start, [run(1), open(2)]), [2], [open(2)], now);
    expect(Object.keys(state.jobs)).toEqual(["2"]);
    expect(state.open).toEqual([]);
  });

  it("leaves the state it was given as it was", () => {
    const state = fold(start, [run(1)]);
    const copy = structuredClone(state);
    fold(state, [run(2, { status: "failed" })]);
    expect(state).toEqual(copy);
  });
});

describe("durations", () => {
  it("observes each duration in the first bucket that holds it", () => {
    const durations = [0.01, 0.02, 3600, 3601];
    const rows = durations.map((seconds, index) =>
      run(index, { started_at: 0, ended_at: seconds, runid: index + 1 }),
    );
    const { counts, sum } = job(fold(start, rows)).durations;
    expect(counts).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    expect(sum).toBeCloseTo(7201.03);
  });

  it("observes none for a run without a start or an end", () => {
    const state = fold(start, [run(1, { status: "failed", started_at: null, ended_at: null })]);
    expect(job(state)).toMatchObject({ failed: 1, durations: { sum: 0 } });
  });
});

describe("the last run", () => {
  it("keeps the last success through failures, and counts these until the next success", () => {
    const failing = fold(start, [run(1), run(2, { status: "failed" }), run(3, { status: "failed" })]);
    expect(job(failing)).toMatchObject({ lastSuccessAt: 3, consecutiveFailures: 2, finished: { runid: 3 } });
    expect(job(fold(failing, [run(4)]))).toMatchObject({ lastSuccessAt: 6, consecutiveFailures: 0 });
  });

  it("does not let a late lower run id pass for the last run", () => {
    const late = fold(fold(start, [run(10)]), [run(9, { status: "failed" }), run(10)]);
    expect(job(late)).toMatchObject({
      failed: 1,
      consecutiveFailures: 0,
      newest: { runid: 10 },
      finished: { runid: 10 },
    });
  });

  it("shows the steps before a run as starting, since they were first seen", () => {
    const first = fold(start, [open(1, { status: "sending", started_at: null })], 100);
    const later = fold(first, [open(1, { status: "connecting", started_at: null })], 160);
    expect(job(later).newest).toEqual({ runid: 1, status: "starting", startedAt: null });
    expect(later.open).toEqual([{ runid: 1, jobid: 1, since: 100, alive: true }]);
  });

  it("gives up an open run that is followed by another of its job", () => {
    const state = fold(fold(start, [open(1, { status: "sending" })]), [
      open(1, { status: "sending" }),
      run(2),
    ]);
    expect(state.open).toEqual([]);
  });

  it("forgets an open run whose row was deleted", () => {
    const state = fold(fold(start, [run(1), open(2)]), [run(1)]);
    expect(job(state)).toMatchObject({ newest: null, finished: { runid: 1 } });
    expect(state.open).toEqual([]);
  });
});

describe("going on from a saved state", () => {
  const state = fold(start, [run(7)]);

  it("goes on when runs were added, or some or all were pruned, also the newest", () => {
    for (const there of [history(7), history(9), history(null), history(null, 7), history(3, 7)])
      expect(resumeState(state, there)).toEqual(state);
  });

  it("starts anew when run ids went back, because then job ids did too", () => {
    expect(resumeState(state, history(3))).toEqual(firstState(history(3)));
  });

  it("starts anew in another database, however many runs there are", () => {
    const other = history(70, 70, "two");
    expect(resumeState(state, other)).toEqual(firstState(other));
  });

  it("goes on from a state that does not say which history it is about", () => {
    expect(resumeState({ ...state, incarnation: null }, history(9))).toEqual(state);
  });

  it("starts at the newest run when nothing was saved", () => {
    expect(resumeState(null, history(12))).toEqual(firstState(history(12)));
  });
});

describe("a clock that was set back", () => {
  it("makes no success newer than it is, and lets the next one count", () => {
    const back = fold(start, [run(1, { started_at: 4000, ended_at: 4010 })], 100);
    expect(job(back).lastSuccessAt).toBe(100);
    const next = fold(fold(start, [run(1, { ended_at: 4010 })]), [run(2, { ended_at: 120 })], 130);
    expect(job(next).lastSuccessAt).toBe(120);
  });

  it("lets a run that is under way grow old from then on", () => {
    const before = fold(start, [open(1, { started_at: 4000 })]);
    const after = fold(before, [open(1, { started_at: 4000 })], 100);
    expect(fold(after, [open(1, { started_at: 4000 })], 200).open).toMatchObject([{ since: 100 }]);
  });
});
