import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findScheduleProblem } from "./crontab.ts";
import { crontabOf, findIntervalProblem, secondsOf } from "./interval.ts";

describe("findIntervalProblem", () => {
  it.each([
    "1 second",
    "30 seconds",
    "59 seconds",
    "60 seconds",
    "1 minute",
    "20 minutes",
    "1 hour",
    "12 hours",
    "1 day",
    "24 hours",
  ])("accepts %j", (text) => {
    expect(findIntervalProblem(text)).toBeUndefined();
  });

  it.each([
    ["", '"" is not an interval; write a number and a unit, such as "30 seconds", "5 minutes" or "1 hour"'],
    [
      "0 seconds",
      '"0 seconds" is not an interval; write a number and a unit, such as "30 seconds", "5 minutes" or "1 hour"',
    ],
    [
      "5m",
      '"5m" is not an interval; write a number and a unit, such as "30 seconds", "5 minutes" or "1 hour"',
    ],
    [
      "90 seconds",
      '"90 seconds" does not divide an hour evenly, so cron cannot keep it; write "1 minute" or "2 minutes"',
    ],
    [
      "7 minutes",
      '"7 minutes" does not divide an hour evenly, so cron cannot keep it; write "6 minutes" or "10 minutes"',
    ],
    ["45 minutes", '"45 minutes" does not divide an hour evenly, so cron cannot keep it; write "30 minutes"'],
    [
      "90 minutes",
      '"90 minutes" does not divide a day evenly, so cron cannot keep it; write "1 hour" or "2 hours"',
    ],
    [
      "5 hours",
      '"5 hours" does not divide a day evenly, so cron cannot keep it; write "4 hours" or "6 hours"',
    ],
    [
      "2 days",
      '"2 days" is longer than a day, which cron cannot count; write a schedule, such as "0 0 * * 1"',
    ],
  ])("refuses %j", (text, problem) => {
    expect(findIntervalProblem(text)).toBe(problem);
  });

  it("suggests only intervals that it accepts", () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 86_400 }), (seconds) => {
        const problem = findIntervalProblem(`${seconds} seconds`) ?? "";
        const suggestions = [...problem.matchAll(/write (.*)$/g)].flatMap(
          ([, text]) => text?.match(/"[^"]+"/g) ?? [],
        );
        for (const suggestion of suggestions)
          expect(findIntervalProblem(JSON.parse(suggestion))).toBeUndefined();
      }),
    );
  });
});

describe("crontabOf", () => {
  it.each([
    ["1 minute", "* * * * *"],
    ["5 minutes", "*/5 * * * *"],
    ["1 hour", "0 * * * *"],
    ["6 hours", "0 */6 * * *"],
    ["1 day", "0 0 * * *"],
  ])("writes %j as %j", (text, crontab) => {
    expect(crontabOf(secondsOf(text))).toBe(crontab);
  });

  it("writes every accepted interval of whole minutes as an accepted schedule", () => {
    for (let minutes = 1; minutes <= 1440; minutes++) {
      if (findIntervalProblem(`${minutes} minutes`) !== undefined) continue;
      expect(findScheduleProblem(crontabOf(minutes * 60))).toBeUndefined();
    }
  });
});
