import type { Duration } from "./duration.ts";
import type { RecordingRule } from "./rule.ts";
import type { RuleContext } from "./rule-context.ts";

/** A promise on jobs, and the share of jobs that broke it. */
export interface Budget {
  /** The name in recorded series: `queue:<name>:ratio_rate1h`. */
  name: "jobs_failed" | "jobs_started_late";
  /** Share of jobs that may break the promise. */
  allowed: number;
  /** Broken and all, as rates over a window. */
  broken(window: Duration): string;
  all(window: Duration): string;
}

const sum = (expr: string) => `sum by (environment, project, queue) (${expr})`;
const rate = (selector: string, window: Duration) => `rate(${selector}[${window}])`;

/** The promises of one environment. */
export function budgetsOf({ thresholds, series }: RuleContext): Budget[] {
  const inTime = { le: String(thresholds.startSeconds) };
  return [
    {
      name: "jobs_failed",
      allowed: round(1 - thresholds.successObjective),
      broken: (window) => sum(rate(series("jobs_finished_total", { outcome: "failed" }), window)),
      all: (window) => sum(rate(series("jobs_finished_total"), window)),
    },
    {
      name: "jobs_started_late",
      allowed: round(1 - thresholds.startObjective),
      broken: (window) =>
        `(${sum(rate(series("jobs_wait_seconds_count"), window))} - ${sum(rate(series("jobs_wait_seconds_bucket", inTime), window))})`,
      all: (window) => sum(rate(series("jobs_wait_seconds_count"), window)),
    },
  ];
}

/** One alert looks over a long window, and over a short one so that it ends soon after the cause. */
interface Pace {
  long: Duration;
  short: Duration;
  /** How many times as fast as the budget for 30 days would allow. */
  factor: number;
}

const paces = {
  /** The budget of a month is gone within days: somebody must act now. */
  fast: [
    { long: "1h", short: "5m", factor: 14.4 },
    { long: "6h", short: "30m", factor: 6 },
  ],
  /** By the end of the month. */
  slow: [
    { long: "1d", short: "2h", factor: 3 },
    { long: "3d", short: "6h", factor: 1 },
  ],
} as const satisfies Record<string, readonly Pace[]>;

const allPaces: readonly Pace[] = Object.values(paces).flat();
const longWindows = allPaces.map(({ long }) => long);
const windows = [...new Set(allPaces.flatMap(({ long, short }) => [long, short]))];

/** The shares over all windows, and how many jobs each of the longer ones saw. */
export function budgetRecords({ name, broken, all }: Budget): RecordingRule[] {
  return windows.flatMap((window) => [
    { record: recorded(name, "ratio", window), expr: `${broken(window)} / ${all(window)}` },
    ...(longWindows.includes(window) ? [{ record: recorded(name, "rate", window), expr: all(window) }] : []),
  ]);
}

/** True for the queues that use up a budget at one of the paces, and have had enough jobs to tell. */
export function burns(
  budget: Budget,
  pace: keyof typeof paces,
  { environment, thresholds }: RuleContext,
): string {
  const own = (record: string) => `${record}{environment=${JSON.stringify(environment)}}`;
  return paces[pace]
    .map(({ long, short, factor }) => {
      const limit = round(factor * budget.allowed);
      const [overLong, overShort] = [long, short].map((window) =>
        own(recorded(budget.name, "ratio", window)),
      );
      const jobs = `${own(recorded(budget.name, "rate", long))} * ${secondsOf(long)}`;
      return `(${overLong} > ${limit} and ${overShort} > ${limit} and ${jobs} > ${thresholds.burnMinJobs})`;
    })
    .join(" or ");
}

function recorded(name: Budget["name"], what: "ratio" | "rate", window: Duration): RecordingRule["record"] {
  return what === "ratio" ? `queue:${name}:ratio_rate${window}` : `queue:${name}:all_rate${window}`;
}

function secondsOf(window: Duration): number {
  const unit = window.slice(-1) as "s" | "m" | "h" | "d";
  return Number(window.slice(0, -1)) * { s: 1, m: 60, h: 3600, d: 86_400 }[unit];
}

/** Without the noise of binary fractions. */
function round(value: number): number {
  return Number(value.toFixed(4));
}
