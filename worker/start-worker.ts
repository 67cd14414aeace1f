import pg from "pg";
import { defaultSettings } from "../supabase/functions/_shared/worker/settings.ts";
import { type Query, runWorker, type WorkerOptions } from "../supabase/functions/_shared/worker.ts";

export interface NodeWorkerOptions extends Omit<WorkerOptions, "query" | "claimUntil"> {
  /** Connection string. A transaction pooler will do. */
  readonly database: string;
  /**
   * How many connections claim, each for itself, so that the database works while handlers run; `concurrency` is shared
   * among them. Default 2.
   */
  readonly connections?: number;
  /** Ends once no job is ready, instead of waiting for more. Jobs that wait for a later time are not waited for. */
  readonly once?: boolean;
}

/** A running worker. */
export interface NodeWorker {
  /** Settles when the worker has ended; rejects when the database stayed out of reach. */
  readonly finished: Promise<void>;
  /** Claims no more, gives back what has not started and ends once what runs has finished. */
  drain(): void;
  /** Gives everything back that is not finished, and ends. */
  stop(): void;
}

/**
 * Works on a queue from Node. Without `once` it goes on until it is told to end, and outlives restarts of the database;
 * it counts as awake meanwhile, so that inserts call for no other worker.
 */
export function startWorker({
  database,
  connections = 2,
  once = false,
  ...options
}: NodeWorkerOptions): NodeWorker {
  const concurrency = options.concurrency ?? defaultSettings.concurrency;
  const count = Math.max(1, Math.min(connections, concurrency));
  const pool = openPool(database, count);
  const query: Query = async (text, parameters) => (await pool.query(text, [...parameters])).rows;
  const pace = once ? { lingerMs: 0 } : { lingerMs: forever, giveUpMs: forever };
  const workers = Array.from({ length: count }, (_, n) =>
    runWorker({ ...pace, ...options, query, concurrency: share(concurrency, count, n) }),
  );
  const stop = () => {
    for (const worker of workers) worker.stop();
  };
  const finished = Promise.all(workers.map((worker) => worker.finished))
    .then(() => {})
    .catch(async (error) => {
      stop();
      await Promise.allSettled(workers.map((worker) => worker.finished));
      throw error;
    })
    .finally(() => pool.end());
  const drain = () => {
    for (const worker of workers) worker.drain();
  };
  return { finished, drain, stop };
}

const forever = Number.POSITIVE_INFINITY;

/** The n-th of `count` parts of a whole, which differ by one at most. */
function share(whole: number, count: number, n: number): number {
  return Math.floor(whole / count) + (n < whole % count ? 1 : 0);
}

/** Each that claims may have the database watch for jobs meanwhile; one more is for heartbeats. */
function openPool(connectionString: string, claiming: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    application_name: "jobstack worker",
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    max: 2 * claiming + 1,
  });
  // An idle connection that is cut; the next query opens another.
  pool.on("error", () => {});
  return pool;
}
