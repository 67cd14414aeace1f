import { expect, it } from "vitest";
import { clockText, durationText, time } from "./time-text.ts";

it.each([
  [0, "0 ms"],
  [0.0124, "12 ms"],
  [1.84, "1.8 s"],
  [61, "61 s"],
  [150, "2 min"],
  [7265, "2 h 1 min"],
  [86_400 * 3, "3 d"],
  [86_400 * 9 + 7200, "9 d 2 h"],
])("writes %d seconds as %s", (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

const now = Date.parse("2026-05-04T10:30:12Z") / 1000;

it("gives the time of day with seconds when near, and with the date on another day", () => {
  expect(clockText(now - 3, now)).toBe("10:30:09");
  expect(clockText(now - 3600, now)).toBe("09:30");
  expect(clockText(now + 86_400, now)).toBe("5 May 10:30");
});

it("says a moment to people and programs", () => {
  expect(time(now - 300, now).text).toBe(
    '<time datetime="2026-05-04T10:25:12.000Z"><span>5 min ago</span> <small>10:25</small></time>',
  );
  expect(time(now + 40, now).text).toContain("in 40 s");
});
