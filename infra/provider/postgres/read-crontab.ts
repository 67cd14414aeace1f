/** The values that a crontab names, as pg_cron reads it. */
export interface CrontabFields {
  minutes: readonly number[];
  hours: readonly number[];
  /** "L" is the last day of the month. */
  daysOfMonth: readonly (number | "L")[];
  months: readonly number[];
  /** 0 is Sunday. */
  daysOfWeek: readonly number[];
  /** Whether a day is due that fits one of the two fields of the day; else it must fit both. */
  eitherDay: boolean;
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

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/**
 * Reads a crontab as pg_cron does, oddities included: whatever follows the fifth field is ignored, and so is what follows
 * a number or a range and is neither "," nor a letter. Undefined for what pg_cron refuses and for "@reboot".
 */
export function readCrontab(schedule: string): CrontabFields | undefined {
  const words = schedule.split(/[ \t]+/).filter(Boolean);
  const fields = words[0]?.startsWith("@") ? SHORTHANDS[words[0]]?.split(" ") : words;
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields ?? [];
  if (!minute || !hour || !dayOfMonth || !month || !dayOfWeek) return undefined;
  const minutes = readList(minute, 0, 59);
  const hours = readList(hour, 0, 23);
  const daysOfMonth = dayOfMonth === "$" ? (["L"] as const) : readList(dayOfMonth, 1, 31);
  const months = readList(month, 1, 12, MONTHS);
  const daysOfWeek = readList(dayOfWeek, 0, 7, DAYS);
  if (!minutes || !hours || !daysOfMonth || !months || !daysOfWeek) return undefined;
  const eitherDay = !dayOfMonth.startsWith("*") && !dayOfWeek.startsWith("*");
  return {
    minutes,
    hours,
    daysOfMonth,
    months,
    daysOfWeek: [...new Set(daysOfWeek.map((day) => day % 7))],
    eitherDay,
  };
}

function readList(text: string, least: number, most: number, names: readonly string[] = []) {
  const values = new Set<number>();
  let rest = text;
  while (true) {
    const part = /^(?:\*|([a-z\d]+)(?:-([a-z\d]+))?)(?:\/(\d+)(?![a-z\d]))?/i.exec(rest);
    if (!part) return undefined;
    const [{ length }, first, second, step] = part;
    rest = rest.slice(length);
    const isNumber = first !== undefined && second === undefined;
    // A step belongs to a range; and what begins as a step or a range must be one.
    if (isNumber ? step !== undefined || /^[-/]/.test(rest) : step === undefined && rest.startsWith("/"))
      return undefined;
    const from = first === undefined ? least : numberOf(first, least, names);
    const to = second !== undefined ? numberOf(second, least, names) : isNumber ? from : most;
    const by = Number(step ?? 1);
    if (by === 0 || !within(from, least, most) || !within(to, least, most)) return undefined;
    for (let value = from; value <= to; value += by) values.add(value);
    if (!rest.startsWith(",")) return [...values].sort((a, b) => a - b);
    rest = rest.slice(1);
  }
}

function numberOf(text: string, least: number, names: readonly string[]): number {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + least;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

const within = (value: number, least: number, most: number) => value >= least && value <= most;
