import { describe, expect, it } from "vitest";
import { sample } from "../sample.ts";
import { grewBy, growth, historyMinutes, ratePerMinute } from "./history.ts";
import { HistoryRing, mostSeries } from "./history-ring.ts";

const none = Number.NaN;
const minuteMs = 60_000;
const start = 29_000_000 * minuteMs;

const waiting = (queue: string, value: number) => sample("jobs_depth", { queue, status: "ready" }, value);
const read = (ring: HistoryRing, at: number, queue = "mail") =>
  ring.read(at).series("jobs_depth", { queue, status: "ready" });

describe("a counter", () => {
  it("grows by what came since the value before", () => {
    expect(growth([5, 7, 7, 10])).toEqual([none, 2, 0, 3]);
  });

  it("that fell began again at 0", () => {
    expect(growth([90, 100, 4])).toEqual([none, 10, 4]);
  });

  it("is taken up again after a gap, in which nothing is known", () => {
    expect(growth([1, none, none, 7])).toEqual([none, none, none, 6]);
    expect(ratePerMinute([1, none, none, 7], 5)).toBe(2);
  });

  it("has no growth that is known before its second value", () => {
    expect(grewBy([none, 4])).toBe(null);
    expect(ratePerMinute([none, 4], 5)).toBe(null);
    expect(grewBy([none, 4, 4])).toBe(0);
  });

  it("grew in the last minutes by what these minutes brought", () => {
    expect(grewBy([0, 100, 101, 103], 2)).toBe(3);
    expect(ratePerMinute([0, 100, 101, 103], 2)).toBe(1.5);
  });
});

describe("the ring", () => {
  it("remembers one value a minute, the last that was given in it, and gaps as gaps", () => {
    const ring = new HistoryRing();
    ring.record(waiting("mail", 1), start);
    ring.record(waiting("mail", 2), start + 30_000);
    ring.record(waiting("mail", 5), start + 2 * minuteMs);
    expect(read(ring, start + 2 * minuteMs).slice(-4)).toEqual([none, 2, none, 5]);
    expect(read(ring, start + 3 * minuteMs).slice(-3)).toEqual([none, 5, none]);
  });

  it("forgets what is older than its hours, and whole series with it", () => {
    const ring = new HistoryRing();
    ring.record(waiting("gone", 1), start);
    for (let minute = 1; minute <= historyMinutes; minute += 1)
      ring.record(waiting("mail", minute), start + minute * minuteMs);
    expect(ring.size).toBe(1);
    const now = start + historyMinutes * minuteMs;
    expect(read(ring, now)).toEqual(Array.from({ length: historyMinutes }, (_, index) => index + 1));
    expect(read(ring, now + 2 * historyMinutes * minuteMs).every(Number.isNaN)).toBe(true);
  });

  it("begins anew when the clock was set back", () => {
    const ring = new HistoryRing();
    ring.record(waiting("mail", 1), start);
    ring.record(waiting("mail", 2), start - 10 * minuteMs);
    expect(read(ring, start - 10 * minuteMs).filter((value) => !Number.isNaN(value))).toEqual([2]);
  });

  it("has room for 50 queues and 500 cron jobs, and no more than it was given", () => {
    const ring = new HistoryRing();
    const queues = Array.from({ length: 50 }, (_, index) => `queue-${index}`);
    const jobs = Array.from({ length: 500 }, (_, index) => ({
      job_name: `job-${index}`,
      database: "postgres",
    }));
    ring.record(
      [
        ...queues.flatMap((queue) => [
          ...(["ready", "scheduled", "processing"] as const).flatMap((status) =>
            sample("jobs_depth", { queue, status }, 1),
          ),
          ...(["completed", "failed", "cancelled"] as const).flatMap((outcome) =>
            sample("jobs_finished_total", { queue, outcome }, 1),
          ),
          ...(["sent", "coalesced", "failed"] as const).flatMap((result) =>
            sample("jobs_wakeups_total", { queue, result }, 1),
          ),
        ]),
        ...jobs.flatMap((job) => [
          ...sample("pg_cron_job_last_run_duration_seconds", job, 1),
          ...sample("pg_cron_job_missed_runs_total", job, 0),
        ]),
      ],
      start,
    );
    expect(ring.size).toBe(50 * 9 + 500 * 2);
    ring.record(
      Array.from({ length: mostSeries }, (_, index) => waiting(`more-${index}`, 1)).flat(),
      start + minuteMs,
    );
    expect(ring.size).toBe(mostSeries);
  });
});
