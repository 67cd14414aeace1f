import { describe, expect, it } from "vitest";
import { timetableOf } from "./cron-timetable.ts";

const at = (text: string) => Date.parse(text) / 1000;

describe("a crontab", () => {
  const noon = at("2026-11-24T12:00:00Z");

  it("is due at the minutes that it names, the last one included", () => {
    const times = timetableOf("*/10 * * * *", "GMT")?.between(noon, noon + 1800, 10);
    expect(times).toEqual([noon + 600, noon + 1200, noon + 1800]);
  });

  it("tells at most so many times, the first ones", () => {
    expect(timetableOf("* * * * *", "GMT")?.between(noon, noon + 86_400, 2)).toEqual([noon + 60, noon + 120]);
  });

  it("was last due just now, when it is due now", () => {
    const timetable = timetableOf("0 12 * * *", "GMT");
    expect(timetable?.around(noon - 1, 0)).toEqual({ last: noon - 86_400, next: noon });
    expect(timetable?.around(noon, 0)).toEqual({ last: noon, next: noon + 86_400 });
    expect(timetable?.around(noon + 0.5, 0)).toEqual({ last: noon, next: noon + 86_400 });
  });

  it("answers for an earlier time when the clock was set back", () => {
    const timetable = timetableOf("0 13 * * *", "GMT");
    timetable?.around(noon + 7200, 0);
    expect(timetable?.around(noon, 0).next).toBe(noon + 3600);
  });

  it("goes by pg_cron's time zone", () => {
    expect(timetableOf("0 9 * * *", "Asia/Tokyo")?.around(noon, 0).next).toBe(at("2026-11-25T00:00:00Z"));
  });
});

describe("a schedule of seconds", () => {
  it("counts from the start of the last run", () => {
    const timetable = timetableOf("10 seconds", "GMT");
    expect(timetable?.between(103, 130, 10)).toEqual([113, 123]);
    expect(timetable?.around(130, 103)).toEqual({ last: 123, next: 133 });
    expect(timetable?.between(103, 90, 10)).toEqual([]);
  });
});

it.each(["@reboot", "0 seconds", "no crontab", "0 0 31 2 *"])("has no times for %s", (schedule) => {
  expect(timetableOf(schedule, "GMT")).toBeNull();
});
