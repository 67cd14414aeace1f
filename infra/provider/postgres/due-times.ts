import { type CronExpression, CronExpressionParser } from "cron-parser";

const SHORTHANDS: Record<string, string> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/** How many times are looked at for one that fits both fields of the day; enough for one minute in four years. */
const LONGEST_SEARCH = 50_000;

/** The times at which pg_cron is to start a job by its crontab, or by a shorthand such as "@daily". */
export class DueTimes {
  /** Times that fit any of these are due ... */
  readonly #any: readonly CronExpression[];
  /** ... if they fit this one as well. */
  readonly #also: CronExpression | null;

  /**
   * Throws when cron-parser cannot read the schedule, or knows that it never comes. pg_cron reads five fields and
   * ignores more.
   */
  constructor(schedule: string, timeZone: string) {
    const text = schedule.trim();
    const [minute, hour, dayOfMonth = "*", month, dayOfWeek = "*"] = (SHORTHANDS[text] ?? text).split(/\s+/);
    const parse = (onMonth: string, onWeek: string) =>
      CronExpressionParser.parse([minute, hour, onMonth, month, onWeek].join(" "), { tz: timeZone });
    const byMonth = () => parse(dayOfMonth.replace("$", "L"), "*");
    const byWeek = () => parse("*", dayOfWeek);
    // Where one of the two fields of the day begins with "*", cron runs when both fit; else when one does.
    if (dayOfMonth.startsWith("*") || dayOfWeek.startsWith("*")) {
      this.#any = [byMonth()];
      this.#also = dayOfWeek === "*" ? null : byWeek();
    } else {
      this.#any = [...unlessNever(byMonth), byWeek()];
      this.#also = null;
    }
  }

  /** The first time after `time`; null when there is none. */
  after(time: Date): Date | null {
    const found = this.#any.map((times) => this.#search(times, time, () => times.next()));
    return pick(found, Math.min);
  }

  /** The last time before `time`; null when there is none. */
  before(time: Date): Date | null {
    const found = this.#any.map((times) => this.#search(times, time, () => times.prev()));
    return pick(found, Math.max);
  }

  #search(times: CronExpression, from: Date, step: () => { toDate(): Date }): Date | null {
    times.reset(from);
    for (let looked = 0; looked < LONGEST_SEARCH; looked += 1) {
      const time = step().toDate();
      if (this.#also?.includesDate(time) ?? true) return time;
    }
    return null;
  }
}

/** Nothing for a day of month that none of the months has. */
function unlessNever(parse: () => CronExpression): CronExpression[] {
  try {
    return [parse()];
  } catch {
    return [];
  }
}

function pick(times: readonly (Date | null)[], choose: (...values: number[]) => number): Date | null {
  const found = times.flatMap((time) => time?.getTime() ?? []);
  return found.length === 0 ? null : new Date(choose(...found));
}
