import { type CronExpression, CronExpressionParser } from "cron-parser";
import { crontabOf, secondsOf } from "./interval.ts";

export interface Timetable {
  schedule: string | undefined;
  every: string | undefined;
  active: boolean;
  /** The server's setting cron.timezone. */
  timeZone: string;
}

const SHORTHANDS: Record<string, string> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

const SHOWN = 3;

/** A sentence on when a job of a valid timetable runs next. */
export function describeNextRuns({ schedule = "", every, active, timeZone }: Timetable, now: Date): string {
  if (!active) return "next due: never, because it is not active";
  if (schedule.trim() === "@reboot") return "next due: when the server starts";
  const seconds = every === undefined ? Number.NaN : secondsOf(every);
  if (seconds < 60) return `next due: every ${seconds === 1 ? "second" : `${seconds} seconds`}`;
  const crontab = every === undefined ? (SHORTHANDS[schedule.trim()] ?? schedule.trim()) : crontabOf(seconds);
  const times = nextTimes(crontab, timeZone, now).map((time) => formatTime(time, timeZone));
  const shown = times.map((time, index) => {
    const sameDay = time.slice(0, 10) === times[index - 1]?.slice(0, 10);
    return sameDay ? time.slice(11) : time;
  });
  return `next due: ${shown.join(", ")} (${timeZone})`;
}

/** Where one of the two fields of the day begins with "*", as one always does here, cron runs when both fit. */
function nextTimes(crontab: string, timeZone: string, now: Date): Date[] {
  const [minute, hour, dayOfMonth = "*", month, dayOfWeek] = crontab.split(/\s+/);
  const parse = (fields: readonly (string | undefined)[]): CronExpression =>
    CronExpressionParser.parse(fields.join(" "), { tz: timeZone, currentDate: now });
  const byMonth = parse([minute, hour, dayOfMonth.replace("$", "L"), month, "*"]);
  const byWeek = parse([minute, hour, "*", month, dayOfWeek]);
  const times: Date[] = [];
  while (times.length < SHOWN) {
    const time = byMonth.next().toDate();
    if (byWeek.includesDate(time)) times.push(time);
  }
  return times;
}

/** "2026-11-24 20:45" in the time zone. */
function formatTime(time: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(time);
}
