import type { Duration } from "../../alerts/duration.ts";

const minutesPerUnit: Readonly<Record<string, number>> = { s: 1 / 60, m: 1, h: 60, d: 1440 };

/** A duration of the thresholds in minutes. */
export function minutesOf(duration: Duration): number {
  return Number(duration.slice(0, -1)) * (minutesPerUnit[duration.slice(-1)] ?? Number.NaN);
}
