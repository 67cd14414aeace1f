const UNITS: Record<string, number> = { second: 1, minute: 60, hour: 3600, day: 86_400 };
const EXPECTED = 'write a number and a unit, such as "30 seconds", "5 minutes" or "1 hour"';

/** Seconds of "30 seconds", "5 minutes", "1 hour", "1 day"; NaN for anything else. */
export function secondsOf(text: string): number {
  const match = /^([1-9]\d*) *(seconds?|minutes?|hours?|days?)$/.exec(text.trim());
  return Number(match?.[1]) * (UNITS[match?.[2]?.replace(/s$/, "") ?? ""] ?? Number.NaN);
}

/**
 * What is wrong with an interval, and what to write instead; undefined if nothing is. A crontab starts anew each hour
 * and each day, so only their divisors come at even intervals.
 */
export function findIntervalProblem(text: string): string | undefined {
  const seconds = secondsOf(text);
  if (Number.isNaN(seconds)) return `"${text}" is not an interval; ${EXPECTED}`;
  if (seconds < 60 || seconds === 86_400) return undefined;
  if (seconds > 86_400)
    return `"${text}" is longer than a day, which cron cannot count; write a schedule, such as "0 0 * * 1"`;
  const unit = seconds < 3600 ? "minute" : "hour";
  const [size, range, name] = unit === "minute" ? [60, 3600, "an hour"] : [3600, 86_400, "a day"];
  if (seconds % size === 0 && range % seconds === 0) return undefined;
  const even = evenSteps(size, range, seconds).map((step) => `"${step} ${unit}${step === 1 ? "" : "s"}"`);
  return `"${text}" does not divide ${name} evenly, so cron cannot keep it; write ${even.join(" or ")}`;
}

/** The crontab of an interval of whole minutes, as `findIntervalProblem` accepts them. */
export function crontabOf(seconds: number): string {
  if (seconds === 60) return "* * * * *";
  if (seconds < 3600) return `*/${seconds / 60} * * * *`;
  if (seconds === 3600) return "0 * * * *";
  return seconds < 86_400 ? `0 */${seconds / 3600} * * *` : "0 0 * * *";
}

function evenSteps(size: number, range: number, seconds: number): number[] {
  const steps = Array.from({ length: range / size }, (_, index) => index + 1).filter(
    (step) => (range / size) % step === 0,
  );
  const below = steps.filter((step) => step * size < seconds).at(-1);
  const above = steps.find((step) => step * size > seconds && step * size < range);
  return [below, above].filter((step) => step !== undefined);
}
