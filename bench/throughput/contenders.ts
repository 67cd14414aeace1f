import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import type pg from "pg";
import { createJobTable, declareJobQueue, insertJobs } from "../support/job-table.ts";
import type { PeersFolder } from "../support/peers-folder.ts";

/** One side of the comparison. */
export interface Contender {
  name: string;
  /** Makes its tables in an empty database. */
  prepare(database: pg.Pool, url: string): Promise<void>;
  /** Leaves nothing but so many jobs that wait. */
  fill(database: pg.Pool, url: string, jobs: number): Promise<void>;
  /** Its tables, for vacuum. */
  tables: string;
  /** A condition that holds when no job is open any more. */
  done: string;
  /** Arguments of `node` for each of its processes. */
  processes(url: string): string[][];
}

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

function jobstack(name: string, storage: string, index: string, options: object): Contender {
  return {
    name,
    async prepare(database) {
      await createJobTable(database, storage);
      if (index !== "") await database.query(index);
      await declareJobQueue(database);
    },
    async fill(database, _, jobs) {
      await database.query("truncate public.jobs, jobstack.ready, jobstack.lease, jobstack.count_delta");
      await insertJobs(database, jobs);
    },
    tables: "public.jobs, jobstack.ready",
    done: "not exists (select from jobstack.ready) and not exists (select from jobstack.lease)",
    processes: (url) => [[file("jobstack-client.ts"), url, JSON.stringify(options)]],
  };
}

/** `plans`: whether the planner chooses, as for anyone who writes this, or only indexes are used, which is faster. */
function raw({ folder }: PeersFolder, connections: number, plans: "by index" | "as planned"): Contender {
  return {
    name: `raw SQL, ${connections} connections, batch 1000, ${plans}`,
    async prepare(database) {
      await createJobTable(database, "with (fillfactor = 70)");
      await database.query("create index on public.jobs (id) where status = 'pending'");
      const sql = readFileSync(file("raw.sql"), "utf8");
      await database.query(plans === "by index" ? sql : sql.replace(/^set enable_.*\n/gm, ""));
    },
    async fill(database, _, jobs) {
      await database.query("truncate public.jobs");
      await insertJobs(database, jobs);
    },
    tables: "public.jobs",
    done: "(select count(*) from public.jobs where status <> 'completed') = 0",
    processes: (url) => [[`${folder}/raw.mjs`, url, String(connections), "1000"]],
  };
}

function graphileWorker({ folder, node }: PeersFolder, processes: number): Contender {
  return {
    name: `graphile-worker 0.18.0, batched, ${processes} process${processes > 1 ? "es" : ""}`,
    async prepare(_, url) {
      await execa(node, [`${folder}/graphile-worker-setup.mjs`, url], { cwd: folder });
    },
    async fill(database, _, jobs) {
      await database.query("truncate graphile_worker._private_jobs cascade");
      await database.query(
        `select from graphile_worker.add_jobs(array(
           select json_populate_record(
             null::graphile_worker.job_spec, json_build_object('identifier', 'noop', 'payload', json_build_object('i', i))
           )
           from generate_series(1, $1) i
         ))`,
        [jobs],
      );
    },
    tables: "graphile_worker._private_jobs",
    done: "not exists (select from graphile_worker._private_jobs)",
    processes: (url) => Array.from({ length: processes }, () => [`${folder}/graphile-worker.mjs`, url]),
  };
}

function pgBoss({ folder, node }: PeersFolder, processes: number, localConcurrency: number): Contender {
  return {
    name: `pg-boss 12.38.0, batch 1000, ${processes} × ${localConcurrency} workers`,
    async prepare(_, url) {
      await execa(node, [`${folder}/pg-boss-setup.mjs`, url, "0"], { cwd: folder });
    },
    async fill(database, url, jobs) {
      await database.query("truncate pgboss.job cascade");
      await execa(node, [`${folder}/pg-boss-setup.mjs`, url, String(jobs)], { cwd: folder });
    },
    tables: "pgboss.job",
    done: "not exists (select from pgboss.job where state < 'completed')",
    processes: (url) =>
      Array.from({ length: processes }, () => [`${folder}/pg-boss.mjs`, url, String(localConcurrency)]),
  };
}

/** The sides in the order of the table. The first two are ours: tuned, and as it comes. */
export function contenders(peers: PeersFolder): Contender[] {
  return [
    jobstack("jobstack, tuned", "with (fillfactor = 70)", "", { concurrency: 2_000 }),
    jobstack(
      "jobstack, default settings",
      "",
      "create index on public.jobs (status) where status in ('pending', 'processing')",
      {},
    ),
    raw(peers, 2, "by index"),
    raw(peers, 2, "as planned"),
    graphileWorker(peers, 1),
    graphileWorker(peers, 2),
    pgBoss(peers, 1, 4),
    pgBoss(peers, 2, 2),
  ];
}
