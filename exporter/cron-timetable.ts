import { DueTimes } from "../infra/provider/postgres/due-times.ts";

/** When a cron job is due. All times are Unix times in seconds. */
export interface Timetable {
  /** Whether it counts anew from each start of a run, or goes by the clock. */
  readonly fromLastStart: boolean;
  /** The due times after `after` up to `upTo`, at most `limit`; a schedule of seconds counts from `after`. */
  between(after: number, upTo: number, limit: number): number[];
  /** The last due time up to `now` and the next one; a schedule of seconds counts from `anchor`. */
  around(now: number, anchor: number): { last: number | null; next: number | null };
}

const known = new Map<string, Timetable | null>();
/** Schedules come and go; what is forgotten is read again. */
const mostKnown = 2000;

/** Null for a schedule without due times, such as `@reboot`, and for one that cannot be read. */
export function timetableOf(schedule: string, timeZone: string): Timetable | null {
  const key = `${timeZone} ${schedule}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= mostKnown) known.clear();
  const timetable = read(schedule, timeZone);
  known.set(key, timetable);
  return timetable;
}

function read(schedule: string, timeZone: string): Timetable | null {
  const seconds = /^\s*(\d+)\s*seconds?\s*$/i.exec(schedule)?.[1];
  if (seconds !== undefined) return Number(seconds) > 0 ? everySeconds(Number(seconds)) : null;
  try {
    return new CrontabTimetable(new DueTimes(schedule, timeZone));
  } catch {
    return null;
  }
}

/** pg_cron counts such a schedule from the start of the last run. */
function everySeconds(seconds: number): Timetable {
  return {
    fromLastStart: true,
    between: (after, upTo, limit) => {
      const count = Math.min(limit, Math.max(0, Math.floor((upTo - after) / seconds)));
      return Array.from({ length: count }, (_, index) => after + (index + 1) * seconds);
    },
    around: (now, anchor) => {
      const last = anchor + Math.floor(Math.max(0, now - anchor) / seconds) * seconds;
      return { last, next: last + seconds };
    },
  };
}

class CrontabTimetable implements Timetable {
  readonly fromLastStart = false;
  readonly #due: DueTimes;
  /** The answer for all times from `last` until just before `next`, so that most scrapes compute nothing. */
  #now: { last: number | null; next: number | null } | null = null;

  constructor(due: DueTimes) {
    this.#due = due;
  }

  between(after: number, upTo: number, limit: number): number[] {
    const { last } = this.around(upTo);
    const times: number[] = [];
    if (last === null || last <= after) return times;
    for (let time = this.#after(after); time !== null && time <= upTo; time = this.#after(time)) {
      if (times.length === limit) break;
      times.push(time);
    }
    return times;
  }

  around(now: number): { last: number | null; next: number | null } {
    const { last = null, next = null } = this.#now ?? {};
    if (this.#now && (last === null || last <= now) && (next === null || now < next)) return this.#now;
    const following = this.#after(now);
    // The second after `now`, or else a time that is due just now would not count as past.
    const past = this.#due.before(new Date((Math.floor(now) + 1) * 1000));
    this.#now = { last: past && past.getTime() / 1000, next: following };
    return this.#now;
  }

  #after(time: number): number | null {
    const found = this.#due.after(new Date(time * 1000));
    return found && found.getTime() / 1000;
  }
}
