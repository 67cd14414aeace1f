import type pg from "pg";
import { startWorker, type WorkerEvent } from "../../worker/index.ts";
import { insertJobs } from "../support/job-table.ts";
import { queue } from "../support/queue-name.ts";

export interface SoakOptions {
  database: pg.Pool;
  url: string;
  /** Jobs in all. */
  jobs: number;
  /** Jobs inserted and drained at a time; the tables are emptied in between. */
  round: number;
  connections: number;
  /** Jobs that a connection claims at a time: small ones meet more often. */
  batch: number;
  onRound?: (drained: number) => void;
}

export interface SoakResult {
  /** Jobs whose handler ran more than once. */
  ranTwice: number;
  /** Jobs whose handler did not run, or whose row is not completed with one attempt. */
  missed: number;
  /** Deadlocks that the server found. */
  deadlocks: number;
  /** What workers complained of. */
  complaints: string[];
}

/** Drains a queue by several connections again and again, and looks for what must never happen. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { database, jobs, round, onRound } = options;
  const result: SoakResult = { ranTwice: 0, missed: 0, deadlocks: 0, complaints: [] };
  for (let drained = 0; drained < jobs; drained += round) {
    const count = Math.min(round, jobs - drained);
    await database.query("truncate public.jobs restart identity");
    await insertJobs(database, count);
    const runs = await drainOnce(options, count, result);
    result.ranTwice += runs.filter((times) => times > 1).length;
    result.missed += runs.filter((times) => times === 0).length;
    result.missed += await number(
      database,
      "select count(*) from public.jobs where status <> 'completed' or attempts <> 1",
    );
    await database.query("select jobstack.tick()");
    onRound?.(drained + count);
  }
  result.deadlocks = await number(
    database,
    "select deadlocks from pg_stat_database where datname = current_database()",
  );
  return result;
}

/** How often each job ran. */
async function drainOnce({ url, connections, batch }: SoakOptions, count: number, result: SoakResult) {
  const runs = new Uint8Array(count);
  await startWorker({
    database: url,
    queue,
    once: true,
    connections,
    concurrency: batch * connections,
    batch,
    handler: async ({ id }) => {
      runs[Number(id) - 1] = (runs[Number(id) - 1] ?? 0) + 1;
    },
    onEvent: (event) => {
      if (!usual.has(event.kind)) result.complaints.push(JSON.stringify(event));
    },
  }).finished;
  return runs;
}

const usual: ReadonlySet<WorkerEvent["kind"]> = new Set(["started", "completed", "nothingToDo"]);

async function number(database: pg.Pool, sql: string): Promise<number> {
  const { rows } = await database.query({ text: sql, rowMode: "array" });
  return Number(rows[0]?.[0]);
}
