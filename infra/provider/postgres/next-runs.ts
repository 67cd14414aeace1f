import { DueTimes } from "./due-times.ts";
import { crontabOf, secondsOf } from "./interval.ts";

export interface Timetable {
  schedule: string | undefined;
  every: string | undefined;
  active: boolean;
  /** The server's setting cron.timezone. */
  timeZone: string;
}

const SHOWN = 3;

/** A sentence on when a job of a valid timetable runs next. */
export function describeNextRuns({ schedule = "", every, active, timeZone }: Timetable, now: Date): string {
  if (!active) return "next due: never, because it is not active";
  if (schedule.trim() === "@reboot") return "next due: when the server starts";
  const seconds = every === undefined ? Number.NaN : secondsOf(every);
  if (seconds < 60) return `next due: every ${seconds === 1 ? "second" : `${seconds} seconds`}`;
  const crontab = every === undefined ? schedule : crontabOf(seconds);
  const times = nextTimes(crontab, timeZone, now).map((time) => formatTime(time, timeZone));
  const shown = times.map((time, index) => {
    const sameDay = time.slice(0, 10) === times[index - 1]?.slice(0, 10);
    return sameDay ? time.slice(11) : time;
  });
  return `next due: ${shown.join(", ")} (${timeZone})`;
}

function nextTimes(crontab: string, timeZone: string, now: Date): Date[] {
  const due = new DueTimes(crontab, timeZone);
  const times: Date[] = [];
  for (let time = due.after(now); time && times.length < SHOWN; time = due.after(time)) times.push(time);
  return times;
}

/** "2026-11-24 20:45" in the time zone. */
function formatTime(time: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(time);
}
