import { describe, expect, it } from "vitest";
import type { NewCronRunRow } from "./cron-run-row.ts";
import { timetableOf } from "./cron-timetable.ts";
import { followJob, type JobNews, type Punctuality } from "./punctuality.ts";

/** Midnight, so that minutes are multiples of 60. */
const start = 1_800_000_000 - (1_800_000_000 % 86_400);

function news(now: number, parts: Partial<JobNews> = {}): JobNews {
  const schedule = "* * * * *";
  const timetable = timetableOf(schedule, "GMT");
  return { schedule, timetable, rows: [], underWay: false, certain: true, ...parts, now: start + now };
}

/** A run that began at `from` and ended at `to`, which is null while it is under way. */
function run(
  runid: number,
  from: number | null,
  to: number | null = from === null ? null : from + 1,
): NewCronRunRow {
  const times = {
    started_at: from === null ? null : start + from,
    ended_at: to === null ? null : start + to,
  };
  return {
    runid,
    jobid: 1,
    status: to === null ? "running" : "succeeded",
    ...times,
    failure: null,
    alive: null,
  };
}

function delays({ delays: { counts, sum } }: Punctuality) {
  return { runs: counts.reduce((all, count) => all + count, 0), sum: Number(sum.toFixed(3)) };
}

const known = followJob(undefined, news(0));

describe("a job of every minute", () => {
  it("answers each due time with the run that began then", () => {
    const job = followJob(known, news(190, { rows: [run(1, 60.1), run(2, 120.2), run(3, 180.3)] }));
    expect(delays(job)).toEqual({ runs: 3, sum: 0.6 });
    expect(job.missed).toBe(0);
  });

  it("misses a due time for which no run came within a minute", () => {
    expect(followJob(known, news(119)).missed).toBe(0);
    const missed = followJob(known, news(120));
    expect(missed.missed).toBe(1);
    expect(followJob(missed, news(121)).missed).toBe(1);
    expect(followJob(missed, news(300)).missed).toBe(4);
  });

  it("misses nothing while a run is under way, for pg_cron queues what comes due", () => {
    const busy = followJob(known, news(300, { rows: [run(1, 60, null)], underWay: true }));
    expect(busy.missed).toBe(0);
    const queued = [run(1, 60, 310), run(2, 310.1, 311), run(3, 311.1, 312)];
    const after = followJob(busy, news(315, { rows: queued }));
    expect(after.missed).toBe(0);
    expect(delays(after)).toEqual({ runs: 3, sum: 0 + 190.1 + 131.1 });
  });

  it("misses what came due while the scheduler was dead, and does not take the next run for its answer", () => {
    const job = followJob(known, news(605, { rows: [run(1, 60.1), run(2, 600.1)] }));
    expect(job.missed).toBe(8);
    expect(delays(job)).toEqual({ runs: 2, sum: 0.2 });
  });

  it("looks at each run once, and at one that has not begun when it has", () => {
    const waiting = followJob(known, news(62, { rows: [run(1, null)], underWay: true }));
    expect(delays(waiting).runs).toBe(0);
    const begun = followJob(waiting, news(70, { rows: [run(1, 65, null)], underWay: true }));
    const again = followJob(begun, news(75, { rows: [run(1, 65)] }));
    expect(delays(again)).toEqual({ runs: 1, sum: 5 });
  });

  it("counts a run that came after its due time was given up as late", () => {
    const job = followJob(
      followJob(known, news(130)),
      news(160, { rows: [run(1, 150, null)], underWay: true }),
    );
    expect([job.missed, delays(job)]).toEqual([1, { runs: 1, sum: 30 }]);
  });
});

describe("a job of every ten seconds", () => {
  const schedule = "10 seconds";
  const every = { schedule, timetable: timetableOf(schedule, "GMT") };
  const first = followJob(undefined, news(0, every));

  it("is due ten seconds after the last start", () => {
    const job = followJob(first, news(25, { ...every, rows: [run(1, 12), run(2, 22.5)] }));
    expect([job.missed, delays(job)]).toEqual([0, { runs: 2, sum: 2.5 }]);
  });

  it("is late by what the run before took too long, and queues nothing", () => {
    const job = followJob(first, news(50, { ...every, rows: [run(1, 10, 45), run(2, 45), run(3, 55)] }));
    expect([job.missed, delays(job)]).toEqual([0, { runs: 3, sum: 25 }]);
  });

  it("misses due times when it stops", () => {
    expect(followJob(first, news(100, every)).missed).toBe(4);
  });
});

describe("what is nobody's fault", () => {
  it("misses nothing while the job is not active, nor what came due before it was", () => {
    const off = followJob(known, news(600, { timetable: null }));
    expect(off.missed).toBe(0);
    expect(followJob(off, news(610)).missed).toBe(0);
  });

  it("begins anew with another schedule, and keeps the counts", () => {
    const missed = followJob(known, news(300));
    const schedule = "*/5 * * * *";
    const changed = { schedule, timetable: timetableOf(schedule, "GMT") };
    expect(followJob(missed, news(400, changed)).missed).toBe(missed.missed);
  });

  it("misses what comes due after the clock was set back to before the last run", () => {
    const later = followJob(known, news(7260, { rows: [run(1, 7200.1)] }));
    // The run is read again each time.
    const rows = [run(1, 7200.1)];
    const back = followJob(later, news(3600, { rows, certain: false }));
    expect(back.missed).toBe(later.missed);
    expect(followJob(back, news(3780, { rows })).missed).toBe(later.missed + 2);
  });

  it("misses nothing of a time of which nothing is known", () => {
    const job = followJob(known, news(90_000, { certain: false }));
    expect(job.missed).toBe(0);
    expect(followJob(job, news(90_010)).missed).toBe(0);
  });

  it("has no delay for a run from before the job was known", () => {
    expect(delays(followJob(undefined, news(100, { rows: [run(1, 60)] }))).runs).toBe(0);
  });
});
