import { readFileSync } from "node:fs";
import type { Pool } from "pg";
import { spread } from "../support/spread.ts";
import { grow } from "./history.ts";
import type { Side } from "./sides.ts";

export interface Measurement {
  /** What the server spent on the statements of a round, planning included. */
  databaseMs: number;
  /** Statements of a round. */
  statements: number;
  /** From asking for the metrics to the last byte: of all scrapes, the middle and the 99th percentile. */
  medianMs: number;
  p99Ms: number;
  /** Series in an answer. */
  series: number;
  residentMb: number;
}

export interface Rounds {
  rounds: number;
  /** Who ask at the same moment in each round. */
  scrapers: number;
}

/** Above the longest time for which the exporter shows what it has: in each round everything is asked anew. */
const pauseMs = 4200;
/** What happens in a quarter of a minute with five hundred jobs. */
const newRows = 125;

/** A few rounds first that are not counted, for plans, caches and what an exporter looks at once. */
export async function measure(admin: Pool, side: Side, { rounds, scrapers }: Rounds): Promise<Measurement> {
  for (let round = 0; round < 3; round += 1) await scrapeAll(admin, side, 1);
  await admin.query("select extensions.pg_stat_statements_reset()");
  const answers: Answer[] = [];
  for (let round = 0; round < rounds; round += 1) answers.push(...(await scrapeAll(admin, side, scrapers)));
  const { rows } = await admin.query<{ ms: number; calls: number }>(
    `select coalesce(sum(s.total_exec_time + s.total_plan_time), 0) as ms, coalesce(sum(s.calls), 0)::float8 as calls
       from extensions.pg_stat_statements s
      where s.userid = $1::regrole`,
    [side.role],
  );
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    databaseMs: (rows[0]?.ms ?? Number.NaN) / rounds,
    statements: (rows[0]?.calls ?? Number.NaN) / rounds,
    medianMs: spread(times).median,
    p99Ms: times[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN,
    series: answers[0]?.series ?? 0,
    residentMb: residentMb(side),
  };
}

interface Answer {
  ms: number;
  series: number;
}

async function scrapeAll(admin: Pool, side: Side, scrapers: number): Promise<Answer[]> {
  await grow(admin, newRows);
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  return Promise.all(Array.from({ length: scrapers }, () => scrape(side)));
}

async function scrape({ name, url }: Side): Promise<Answer> {
  const start = performance.now();
  const response = await fetch(url);
  const text = await response.text();
  const ms = performance.now() - start;
  if (!response.ok) throw new Error(`${name}: status ${response.status}: ${text.slice(0, 500)}`);
  return { ms, series: text.split("\n").filter((line) => line && !line.startsWith("#")).length };
}

/** Linux only. */
function residentMb({ process: { pid } }: Side): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
