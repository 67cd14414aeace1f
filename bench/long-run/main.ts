// `npm run bench:long-run`: steady work beside a transaction that stays open. Method and results: bench/README.md.
import { Command } from "commander";
import type pg from "pg";
import { openPool } from "../../test/support/open-pool.ts";
import { type NodeWorker, startWorker } from "../../worker/index.ts";
import { startDurableCluster } from "../support/durable-cluster.ts";
import { createJobTable, declareJobQueue, insertJobs } from "../support/job-table.ts";
import { queue } from "../support/queue-name.ts";
import { type Sample, sample, sampleHead } from "./sample.ts";

interface Options {
  minutes: number;
  open: number;
  rate?: number;
  keep: number;
}

new Command("bench:long-run")
  .option("--minutes <n>", "how long", Number, 30)
  .option("--open <share>", "for how much of the time the transaction is open, from the start", Number, 2 / 3)
  .option("--rate <n>", "jobs a second; default: half of the maximum, which is measured first", Number)
  .option("--keep <n>", "finished jobs that are kept; older ones are deleted", Number, 1_000_000)
  .action(async (options: Options) => {
    const { cluster, stop } = await startDurableCluster();
    try {
      const database = openPool(cluster.url(), 6);
      await createJobTable(database, "with (fillfactor = 70)");
      await declareJobQueue(database);
      const rate = options.rate ?? (await maximum(database, cluster.url())) / 2;
      console.error(`${Math.round(rate)} jobs/s`);
      await run(database, cluster.url(), rate, options);
      await database.end();
    } finally {
      await stop();
    }
  })
  .parseAsync();

/** Jobs a second of a drain. */
async function maximum(database: pg.Pool, url: string): Promise<number> {
  const jobs = 200_000;
  await insertJobs(database, jobs);
  const start = performance.now();
  await startWorker({ database: url, queue, once: true, handler: async () => {} }).finished;
  return (jobs / (performance.now() - start)) * 1_000;
}

async function run(database: pg.Pool, url: string, rate: number, options: Options): Promise<void> {
  const seconds = options.minutes * 60;
  const blocker = await database.connect();
  // An id of its own makes it the worst kind: nothing that any transaction deletes from now on can be removed.
  await blocker.query("begin; select pg_current_xact_id()");
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1_000;
  const progress = { completed: 0, running: true };
  const worker = startWorker({
    database: url,
    queue,
    handler: async () => {
      progress.completed += 1;
    },
  });
  const background = [
    every(() => progress.running, 100, produce(database, rate)),
    every(
      () => progress.running,
      10_000,
      async () => void (await database.query("select jobstack.tick()")),
    ),
    every(() => progress.running, 5_000, prune(database, options.keep)),
  ];
  console.log(sampleHead);
  let last: Sample | undefined;
  let open = true;
  while (elapsed() < seconds) {
    await new Promise((resolve) => setTimeout(resolve, (seconds * 1_000) / 30));
    if (open && elapsed() >= seconds * options.open) {
      await blocker.query("commit");
      open = false;
    }
    last = await sample(database, { seconds: elapsed(), completed: progress.completed, open }, last);
    console.log(last.row);
  }
  progress.running = false;
  await Promise.all(background);
  await end(worker);
  if (open) await blocker.query("commit");
  blocker.release();
}

/** Inserts what is due, as one statement. */
function produce(database: pg.Pool, rate: number): () => Promise<void> {
  const start = performance.now();
  let inserted = 0;
  return async () => {
    const due = Math.floor(((performance.now() - start) / 1_000) * rate) - inserted;
    await insertJobs(database, due);
    inserted += due;
  };
}

/** Deletes the oldest finished jobs, as a retention would. */
function prune(database: pg.Pool, keep: number): () => Promise<void> {
  return async () => {
    await database.query(
      `delete from public.jobs
       where id <= (select max(id) from public.jobs) - $1::bigint and status = 'completed'
         and id >= (select min(id) from public.jobs)`,
      [keep],
    );
  };
}

async function every(goesOn: () => boolean, ms: number, work: () => Promise<void>): Promise<void> {
  while (goesOn()) {
    const next = performance.now() + ms;
    await work();
    await new Promise((resolve) => setTimeout(resolve, Math.max(next - performance.now(), 0)));
  }
}

async function end(worker: NodeWorker): Promise<void> {
  worker.drain();
  await worker.finished;
}
