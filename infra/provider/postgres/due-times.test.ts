import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DueTimes } from "./due-times.ts";

const minute = 60_000;
const day = 1440 * minute;

interface Field {
  text: string;
  values: Set<number>;
}

function values(from: number, to: number, step = 1): Set<number> {
  return new Set(
    Array.from({ length: to - from + 1 }, (_, index) => from + index).filter((n) => (n - from) % step === 0),
  );
}

/** A field in one of the forms that pg_cron reads, with the values that it means. */
function field(min: number, max: number): fc.Arbitrary<Field> {
  const number = fc.integer({ min, max });
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant({ text: "*", values: values(min, max) }) },
    number.map((n) => ({ text: String(n), values: new Set([n]) })),
    fc.integer({ min: 2, max: 9 }).map((step) => ({ text: `*/${step}`, values: values(min, max, step) })),
    fc
      .uniqueArray(number, { minLength: 2, maxLength: 3 })
      .map((list) => ({ text: list.join(","), values: new Set(list) })),
    fc.tuple(number, number).map(([a, b]) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      return { text: `${from}-${to}`, values: values(from, to) };
    }),
  );
}

const crontab = fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6));

/** pg_cron's own test of a minute: a field of the day that begins with "*" makes both fields necessary. */
function fits([minutes, hours, days, months, weekdays]: readonly Field[], time: Date): boolean {
  const ofMonth = days?.values.has(time.getUTCDate()) ?? false;
  const ofWeek = weekdays?.values.has(time.getUTCDay()) ?? false;
  const star = days?.text.startsWith("*") || weekdays?.text.startsWith("*");
  return (
    minutes?.values.has(time.getUTCMinutes()) === true &&
    hours?.values.has(time.getUTCHours()) === true &&
    months?.values.has(time.getUTCMonth() + 1) === true &&
    (star ? ofMonth && ofWeek : ofMonth || ofWeek)
  );
}

/** The first minute that fits in the `days` after `from`, minute by minute. */
function firstFit(fields: readonly Field[], from: number, days: number): number | null {
  for (let time = from - (from % minute) + minute; time <= from + days * day; time += minute) {
    if (fits(fields, new Date(time))) return time;
  }
  return null;
}

/** Undefined for a date that does not exist. */
function dueTimes(fields: readonly Field[]): DueTimes | undefined {
  try {
    return new DueTimes(fields.map(({ text }) => text).join(" "), "UTC");
  } catch {
    return undefined;
  }
}

describe("DueTimes", () => {
  it("finds the minutes that pg_cron finds, whatever the crontab", () => {
    const start = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 11, 31) });
    fc.assert(
      fc.property(crontab, start, (fields, from) => {
        const found = dueTimes(fields)?.after(new Date(from));
        const expected = firstFit(fields, from, 20);
        const within = found && found.getTime() <= from + 20 * day ? found.getTime() : null;
        expect(within).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });

  it("goes back to the time that it came from", () => {
    fc.assert(
      fc.property(crontab, (fields) => {
        const due = dueTimes(fields);
        const first = due?.after(new Date(Date.UTC(2026, 0, 1)));
        const second = first && due?.after(first);
        expect(second && due?.before(second)).toEqual(second && first);
      }),
      { numRuns: 40 },
    );
  });

  it("takes a date that does not exist for none, and goes by the weekday alone", () => {
    const due = new DueTimes("0 0 31 2 1", "GMT");
    expect(due.after(new Date("2026-11-24T20:43:10Z"))).toEqual(new Date("2027-02-01T00:00:00Z"));
  });

  it("ignores the sixth field, as pg_cron does", () => {
    const due = new DueTimes("*/30 * * * * *", "GMT");
    expect(due.after(new Date("2026-11-24T20:43:10Z"))).toEqual(new Date("2026-11-24T21:00:00Z"));
  });

  it("cannot be made of what is no crontab or never comes", () => {
    expect(() => new DueTimes("0 0 31 2 *", "GMT")).toThrow();
    expect(() => new DueTimes("10 seconds", "GMT")).toThrow();
    expect(() => new DueTimes("@reboot", "GMT")).toThrow();
  });

  describe("where clocks are set, as pg_cron looks at the clock on the wall in each minute", () => {
    const due = (schedule: string, day: string) => {
      const times = new DueTimes(schedule, "Europe/Berlin");
      const end = new Date(`${day}T12:00:00Z`);
      const found: string[] = [];
      for (let time = times.before(end); time; time = times.before(time)) {
        if (!time.toISOString().startsWith(day)) break;
        found.unshift(time.toISOString().slice(11, 16));
      }
      for (
        let time = times.after(new Date(`${day}T00:00:00Z`));
        time && time < end;
        time = times.after(time)
      ) {
        expect(found).toContain(time.toISOString().slice(11, 16));
      }
      return found;
    };

    it("leaves out what is skipped in spring", () => {
      expect(due("30 2 * * *", "2026-03-29")).toEqual([]);
      expect(due("0 1-4 * * *", "2026-03-29")).toEqual(["00:00", "01:00", "02:00"]);
    });

    it("comes twice in autumn at what the clock shows twice", () => {
      expect(due("30 2 * * *", "2026-10-25")).toEqual(["00:30", "01:30"]);
      expect(due("0 3 * * *", "2026-10-25")).toEqual(["02:00"]);
    });
  });

  it.each([
    ["0-10/5,12 * * * *", "2026-11-24T20:43:10Z", "2026-11-24T21:00:00Z"],
    ["0 0 * * sun", "2026-11-24T20:43:10Z", "2026-11-29T00:00:00Z"],
    ["0 0 * * 6-7", "2026-11-29T00:00:00Z", "2026-12-05T00:00:00Z"],
    ["0 0 $ * *", "2026-11-24T20:43:10Z", "2026-11-30T00:00:00Z"],
    ["@monthly whatever", "2026-11-24T20:43:10Z", "2026-12-01T00:00:00Z"],
  ])("reads %j as pg_cron does", (schedule, from, next) => {
    expect(new DueTimes(schedule, "GMT").after(new Date(from))).toEqual(new Date(next));
  });
});
