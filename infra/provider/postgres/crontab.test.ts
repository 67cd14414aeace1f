import { describe, expect, it } from "vitest";
import { findScheduleProblem } from "./crontab.ts";

describe("findScheduleProblem", () => {
  it.each([
    "* * * * *",
    "*/5 * * * *",
    "*/30 * * * *",
    "0 */6 * * *",
    "0 0 1 * *",
    "0 0 * * mon-fri",
    "0 0 * * 0,6",
    "0 0 * * 7",
    "5-59/15 * * * *",
    "1,2,3-10/2 * * * *",
    "00 07 * JAN *",
    "0 0 */2 * 1",
    " 0  0 * * * ",
    "0 0 29 2 *",
    "@hourly",
    "@daily",
    "@reboot",
  ])("accepts %j", (schedule) => {
    expect(findScheduleProblem(schedule)).toBeUndefined();
  });

  it.each([
    [
      "*/30 * * * * *",
      '"*/30 * * * * *" has six fields, of which pg_cron reads the first as minutes and ignores the last; write every: "30 seconds" instead of schedule',
    ],
    [
      "* * * * * *",
      '"* * * * * *" has six fields, of which pg_cron reads the first as minutes and ignores the last; write every: "1 second" instead of schedule',
    ],
    [
      "0 */5 * * * *",
      '"0 */5 * * * *" has six fields, of which pg_cron reads the first as minutes and ignores the last; write the five fields "*/5 * * * *"',
    ],
    ["30 seconds", '"30 seconds" is an interval; write it as every: "30 seconds" instead of schedule'],
    ["@every 5m", '"@every 5m" is not known to pg_cron; write every: "5 minutes" instead of schedule'],
    [
      "@HOURLY",
      '"@HOURLY" is not known to pg_cron; write one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, @reboot, or five fields',
    ],
    ["", '"" has 0 fields; write five: minute, hour, day of month, month, day of week'],
    ["* * * *", '"* * * *" has 4 fields; write five: minute, hour, day of month, month, day of week'],
    ["60 * * * *", 'minute "60" has "60", which is not a minute; write a number from 0 to 59'],
    ["* * 0 * *", 'day of month "0" has "0", which is not a day of month; write a number from 1 to 31'],
    ["* * * january *", 'month "january" has "january", which is not a month; write a number from 1 to 12'],
    ["5/15 * * * *", 'minute "5/15" has "5/15", which pg_cron cannot read; write "5-59/15"'],
    ["0 22-2 * * *", 'hour "22-2" has the range "22-2", which is empty to pg_cron; write "22-23,0-2"'],
    [
      "0 0 * * fri-mon",
      'day of week "fri-mon" has the range "fri-mon", which is empty to pg_cron; write "5-7,0-1"',
    ],
    ["*/0 * * * *", 'minute "*/0" has "*/0" with a step of 0; write a step of 1 or more'],
    [
      "*/45 * * * *",
      'minute "*/45" has "*/45", which is not every 45 minutes but minute 0,45; write "0,45" if that is meant, or a divisor of 60',
    ],
    [
      "*/90 * * * *",
      'minute "*/90" has "*/90", which is not every 90 minutes but minute 0; write "0" if that is meant, or a divisor of 60',
    ],
    [
      "0 */5 * * *",
      'hour "*/5" has "*/5", which is not every 5 hours but hour 0,5,10,15,20; write "0,5,10,15,20" if that is meant, or a divisor of 24',
    ],
    [
      "0 0 1 * 1",
      '"0 0 1 * 1" names a day of month and a day of week, and cron runs when either fits, not both; write two jobs, or "*" for one of them',
    ],
    ["0 0 30 2 *", '"0 0 30 2 *" never runs, for no such date exists; correct the day of month or the month'],
    ["0 0 L * *", 'day of month "L" has "L", which is not a day of month; write a number from 1 to 31'],
    [
      "0 0 * * mon#1",
      'day of week "mon#1" has "mon#1", which pg_cron cannot read; write a number, a list, a range, "*" or "*/n"',
    ],
    ["*-5 * * * *", 'minute "*-5" has "*-5"; write "*" or a range of numbers'],
  ])("refuses %j", (schedule, problem) => {
    expect(findScheduleProblem(schedule)).toBe(problem);
  });
});
