import { type CronExpression, CronExpressionParser } from "cron-parser";
import { type CrontabFields, readCrontab } from "./read-crontab.ts";
import { offsetOf } from "./time-zone-offset.ts";

/** How many times are looked at for one that fits both fields of the day; enough for one minute in four years. */
const LONGEST_SEARCH = 50_000;
const DAY = 86_400_000;

type Direction = 1 | -1;

/** The times at which pg_cron is to start a job by its crontab, or by a shorthand such as "@daily". */
export class DueTimes {
  /** Times that fit any of these are due ... */
  readonly #any: readonly CronExpression[];
  /** ... if they fit this one as well. Both take what the clock on the wall shows for a time of UTC. */
  readonly #also: CronExpression | null;
  readonly #offset: (time: number) => number;

  /** Throws when pg_cron cannot read the schedule, when it never comes, and for an unknown time zone. */
  constructor(schedule: string, timeZone: string) {
    const fields = readCrontab(schedule);
    if (!fields) throw new Error(`"${schedule}" has no due times`);
    const byMonth = () => expressionOf({ ...fields, daysOfWeek: [] });
    const byWeek = () => expressionOf({ ...fields, daysOfMonth: [] });
    this.#any = fields.eitherDay ? [...unlessNever(byMonth), byWeek()] : [byMonth()];
    this.#also = fields.eitherDay ? null : byWeek();
    this.#offset = offsetOf(timeZone);
  }

  /** The first time after `time`; null when there is none. */
  after(time: Date): Date | null {
    return this.#inZone(time.getTime(), 1);
  }

  /** The last time before `time`; null when there is none. */
  before(time: Date): Date | null {
    return this.#inZone(time.getTime(), -1);
  }

  /**
   * pg_cron looks at the clock on the wall once in each minute: what that skips when it is set forward does not come,
   * and what it shows twice when it is set back comes twice. cron-parser does not see it so, and gets only UTC.
   */
  #inZone(time: number, direction: Direction): Date | null {
    let from = time;
    let offset = this.#offset(from + direction);
    while (true) {
      const onWall = this.#onWall(from + offset, direction);
      if (onWall === null) return null;
      const change = this.#firstChange(from + direction, onWall - offset, direction);
      if (change === null) return new Date(onWall - offset);
      from = change - direction;
      offset = this.#offset(change);
    }
  }

  /** The first time on the way at which the offset is another; null when there is none. */
  #firstChange(from: number, to: number, direction: Direction): number | null {
    const offset = this.#offset(from);
    let [same, other] = [from, from];
    while (other !== to && this.#offset(other) === offset) {
      same = other;
      other += Math.min(DAY, Math.abs(to - other)) * direction;
    }
    if (this.#offset(other) === offset) return null;
    while (Math.abs(other - same) > 1) {
      const middle = Math.floor((same + other) / 2);
      if (this.#offset(middle) === offset) same = middle;
      else other = middle;
    }
    return other;
  }

  #onWall(from: number, direction: Direction): number | null {
    const found = this.#any.flatMap((times) => this.#search(times, from, direction) ?? []);
    if (found.length === 0) return null;
    return direction === 1 ? Math.min(...found) : Math.max(...found);
  }

  #search(times: CronExpression, from: number, direction: Direction): number | null {
    times.reset(new Date(from));
    for (let looked = 0; looked < LONGEST_SEARCH; looked += 1) {
      const time = (direction === 1 ? times.next() : times.prev()).toDate();
      if (this.#also?.includesDate(time) ?? true) return time.getTime();
    }
    return null;
  }
}

/** An empty list of days means all of them. Throws for what never comes. */
function expressionOf({ minutes, hours, daysOfMonth, months, daysOfWeek }: CrontabFields): CronExpression {
  if ([minutes, hours, months].some(({ length }) => length === 0)) throw new Error("never comes");
  const days = [daysOfMonth, months, daysOfWeek].map((values) => values.join(",") || "*");
  return CronExpressionParser.parse(`${minutes} ${hours} ${days.join(" ")}`, { tz: "UTC" });
}

/** Nothing for a day of month that none of the months has. */
function unlessNever(parse: () => CronExpression): CronExpression[] {
  try {
    return [parse()];
  } catch {
    return [];
  }
}
