import path from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { packageRoot } from "../infra/package-root.ts";
import {
  createQueueDatabase,
  declareJobs,
  insertJobs,
  queue,
  value,
} from "../sql/jobstack/testing/queue-database.ts";
import type { TestDatabase } from "../test/support/test-database.ts";
import { type JobHandler, type NodeWorker, type NodeWorkerOptions, startWorker } from "./index.ts";

let database: TestDatabase;
const workers: NodeWorker[] = [];

beforeEach(async () => {
  database = await createQueueDatabase();
  await declareJobs(database.pool);
});
afterEach(async () => {
  for (const worker of workers.splice(0)) {
    worker.stop();
    await worker.finished.catch(() => {});
  }
  await database.drop();
});

function start(handler: JobHandler, options: Partial<NodeWorkerOptions> = {}): NodeWorker {
  const worker = startWorker({ database: database.url, queue, handler, ...options });
  workers.push(worker);
  return worker;
}

const statuses = async () => {
  const { rows } = await database.pool.query<{ status: string; jobs: number }>(
    "select status, count(*)::int as jobs from public.jobs group by 1 order by 1",
  );
  return Object.fromEntries(rows.map(({ status, jobs }) => [status, jobs]));
};
const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 30_000 });

describe("a Node worker", () => {
  it("drains a queue through its connections, each job once, and ends", async () => {
    await insertJobs(database.pool, 5_000);
    const runs: string[] = [];
    const worker = start(async ({ id }) => void runs.push(id), { once: true });
    await worker.finished;
    expect(await statuses()).toEqual({ completed: 5_000 });
    expect(new Set(runs).size).toBe(5_000);
    expect(runs).toHaveLength(5_000);
    expect(await value(database.pool, "select count(*)::int from jobstack.lease")).toBe(0);
    expect(await value(database.pool, "select count(*)::int from jobstack.worker")).toBe(0);
  });

  it("shares its concurrency among its connections", async () => {
    await insertJobs(database.pool, 20);
    let running = 0;
    let most = 0;
    const handler: JobHandler = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
    };
    await start(handler, { once: true, connections: 4, concurrency: 3 }).finished;
    expect(most).toBe(3);
  });

  it("waits for more, and goes on after the database has cut its connections", async () => {
    start(async ({ row }) => ({ echo: row.payload }));
    await insertJobs(database.pool, 3);
    await until(async () => expect(await statuses()).toEqual({ completed: 3 }));
    await database.admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'jobstack worker' and datname = current_database()",
    );
    await insertJobs(database.pool, 3);
    await until(async () => expect(await statuses()).toEqual({ completed: 6 }));
    expect(await value(database.pool, "select result from public.jobs order by id limit 1")).toEqual({
      echo: "1",
    });
  });

  it("gives up on a database that stays out of reach, where it is not to wait for it", async () => {
    const nowhere = new URL(database.url);
    nowhere.port = "1";
    const worker = start(async () => {}, { database: nowhere.href, once: true, giveUpMs: 300 });
    await expect(worker.finished).rejects.toThrow("ECONNREFUSED");
  });

  it("gives its jobs back when it is stopped, and no attempt is counted", async () => {
    await insertJobs(database.pool, 5);
    const signals: AbortSignal[] = [];
    const worker = start(async (_, { signal }) => {
      signals.push(signal);
      await new Promise(() => {});
    });
    await until(async () => expect(signals).toHaveLength(5));
    worker.stop();
    await worker.finished;
    expect(signals.every((signal) => signal.aborted)).toBe(true);
    expect(await statuses()).toEqual({ pending: 5 });
    expect(await value(database.pool, "select max(attempts) from public.jobs")).toBe(0);
    await start(async () => {}, { once: true }).finished;
    expect(await statuses()).toEqual({ completed: 5 });
    expect(await value(database.pool, "select max(attempts) from public.jobs")).toBe(1);
  });
});

describe("a signal", () => {
  /** A worker in a process of its own with two jobs that run. */
  async function startProcess() {
    await insertJobs(database.pool, 3);
    const script = path.join(packageRoot, "worker/testing/run.ts");
    const child = execa("node", ["--import=tsx", script, database.url, queue], {
      cwd: packageRoot,
      reject: false,
    });
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
    await until(async () => expect(lines).toHaveLength(2));
    return { child, lines };
  }

  it("lets what runs finish and leaves the rest", async () => {
    const { child, lines } = await startProcess();
    child.kill("SIGTERM");
    await until(async () => expect(lines.join()).toContain("a successor takes over"));
    child.stdin.write("\n");
    await child;
    expect(lines.at(-1)).toBe("ended");
    expect(await statuses()).toEqual({ completed: 2, pending: 1 });
  });

  it("stops what runs when it comes again", async () => {
    const { child, lines } = await startProcess();
    child.kill("SIGINT");
    child.kill("SIGTERM");
    await child;
    expect(lines.at(-1)).toBe("ended");
    expect(await statuses()).toEqual({ pending: 3 });
  });
});
