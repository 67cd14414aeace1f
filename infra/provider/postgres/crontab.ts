import { CronExpressionParser } from "cron-parser";

interface Field {
  name: string;
  min: number;
  max: number;
  names: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const FIELDS: readonly Field[] = [
  { name: "minute", min: 0, max: 59, names: [] },
  { name: "hour", min: 0, max: 23, names: [] },
  { name: "day of month", min: 1, max: 31, names: [] },
  { name: "month", min: 1, max: 12, names: MONTHS },
  { name: "day of week", min: 0, max: 7, names: DAYS },
];

const SHORTHANDS = [
  "@yearly",
  "@annually",
  "@monthly",
  "@weekly",
  "@daily",
  "@midnight",
  "@hourly",
  "@reboot",
];

/**
 * What is wrong with a schedule for pg_cron, and what to write instead; undefined if nothing is. Besides what pg_cron
 * rejects, this refuses what it accepts and runs at other times than the text seems to say.
 */
export function findScheduleProblem(schedule: string): string | undefined {
  const text = schedule.trim();
  if (text.startsWith("@")) return SHORTHANDS.includes(text) ? undefined : shorthandProblem(text);
  if (/^\d+ *[a-z]+$/i.test(text))
    return `"${text}" is an interval; write it as every: "${text}" instead of schedule`;
  const fields = text.split(/\s+/);
  if (fields.length === 6) return sixFieldsProblem(text, fields);
  if (fields.length !== FIELDS.length) {
    const count = text === "" ? 0 : fields.length;
    return `"${text}" has ${count} fields; write five: minute, hour, day of month, month, day of week`;
  }
  const problems = FIELDS.flatMap((field, index) => fieldProblem(field, fields[index] ?? "") ?? []);
  return problems[0] ?? dayProblem(text, fields) ?? neverProblem(text, fields);
}

function shorthandProblem(text: string): string {
  if (text.startsWith("@every"))
    return `"${text}" is not known to pg_cron; write every: "5 minutes" instead of schedule`;
  return `"${text}" is not known to pg_cron; write one of ${SHORTHANDS.join(", ")}, or five fields`;
}

/** pg_cron reads five fields and ignores the sixth, so what looks like seconds becomes minutes. */
function sixFieldsProblem(text: string, [first = "", ...rest]: readonly string[]): string {
  const everySecond = rest.every((field) => field === "*") ? /^\*(?:\/(\d+))?$/.exec(first) : null;
  const seconds = Number(everySecond?.[1] ?? 1);
  const instead =
    everySecond === null
      ? `the five fields "${rest.join(" ")}"`
      : `every: "${seconds} second${seconds === 1 ? "" : "s"}" instead of schedule`;
  return `"${text}" has six fields, of which pg_cron reads the first as minutes and ignores the last; write ${instead}`;
}

/** The last day of the month, which pg_cron knows since 1.5, and only by itself. */
export function namesLastDay(schedule: string): boolean {
  return schedule.trim().split(/\s+/)[2] === "$";
}

function fieldProblem(field: Field, text: string): string | undefined {
  if (text === "$" && field.name === "day of month") return undefined;
  for (const part of text.split(",")) {
    const problem = partProblem(field, part);
    if (problem !== undefined) return `${field.name} "${text}" ${problem}`;
  }
  return undefined;
}

function partProblem(field: Field, part: string): string | undefined {
  const match = /^(\*|[a-z\d]+)(?:-([a-z\d]+))?(?:\/(\d+))?$/i.exec(part);
  if (match === null)
    return `has "${part}", which pg_cron cannot read; write a number, a list, a range, "*" or "*/n"`;
  const [, start = "", end, stepText] = match;
  const from = start === "*" ? field.min : numberOf(field, start);
  const to = start === "*" ? field.max : end === undefined ? from : numberOf(field, end);
  if (from === undefined || to === undefined) {
    return `has "${part}", which is not a ${field.name}; write a number from ${field.min} to ${field.max}`;
  }
  if (start === "*" && end !== undefined) return `has "${part}"; write "*" or a range of numbers`;
  if (from > to)
    return `has the range "${part}", which is empty to pg_cron; write "${from}-${field.max},${field.min}-${to}"`;
  if (stepText === undefined) return undefined;
  if (start !== "*" && end === undefined) {
    return `has "${part}", which pg_cron cannot read; write "${from}-${field.max}/${stepText}"`;
  }
  return stepProblem(field, part, Number(stepText), start === "*");
}

/** A step that does not divide the hour or the day starts anew at each: "*\/45" is minute 0 and 45, not every 45 minutes. */
function stepProblem(field: Field, part: string, step: number, wholeRange: boolean): string | undefined {
  if (step === 0) return `has "${part}" with a step of 0; write a step of 1 or more`;
  const size = field.max - field.min + 1;
  const clock = field.name === "minute" || field.name === "hour";
  if (!wholeRange || !clock || (step < size && size % step === 0)) return undefined;
  const values = Array.from({ length: Math.ceil(size / step) }, (_, index) => index * step).join(",");
  return `has "${part}", which is not every ${step} ${field.name}s but ${field.name} ${values}; write "${values}" if that is meant, or a divisor of ${size}`;
}

function numberOf(field: Field, text: string): number | undefined {
  const named = field.names.indexOf(text.toLowerCase());
  if (named >= 0) return named + field.min;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= field.min && number <= field.max ? number : undefined;
}

/** Cron runs on days that fit either field, though the text reads like both. */
function dayProblem(text: string, fields: readonly string[]): string | undefined {
  const [, , dayOfMonth = "*", , dayOfWeek = "*"] = fields;
  if (dayOfMonth.startsWith("*") || dayOfWeek.startsWith("*")) return undefined;
  return `"${text}" names a day of month and a day of week, and cron runs when either fits, not both; write two jobs, or "*" for one of them`;
}

function neverProblem(text: string, fields: readonly string[]): string | undefined {
  const [, , dayOfMonth = "*", month = "*"] = fields;
  // Every month has some of the days of a "*", and January, which is in every "*" of months, has all days.
  if (dayOfMonth.startsWith("*") || month.startsWith("*")) return undefined;
  try {
    CronExpressionParser.parse(text.replace("$", "L"), { tz: "UTC" }).next();
    return undefined;
  } catch {
    return `"${text}" never runs, for no such date exists; correct the day of month or the month`;
  }
}
