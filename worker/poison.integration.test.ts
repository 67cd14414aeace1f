import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { packageRoot } from "../infra/package-root.ts";
import { createQueueDatabase, declareJobs, queue } from "../sql/jobstack/testing/queue-database.ts";
import type { TestDatabase } from "../test/support/test-database.ts";

let database: TestDatabase;
let worker: ReturnType<typeof startProcess> | undefined;
let deaths = 0;

beforeEach(async () => {
  database = await createQueueDatabase();
  deaths = 0;
});
afterEach(async () => {
  const last = worker;
  worker = undefined;
  last?.kill("SIGKILL");
  await last;
  await database.drop();
});

function startProcess() {
  const script = path.join(packageRoot, "worker/testing/die-of-poison.ts");
  return execa("node", ["--import=tsx", script, database.url, queue], { cwd: packageRoot, reject: false });
}

/** Starts a worker, and another whenever one has died, as a platform does. */
function keepWorking(): void {
  const child = startProcess();
  worker = child;
  void child.then(() => {
    if (worker !== child) return;
    deaths += 1;
    keepWorking();
  });
}

it.each([
  ["the queue", { max_attempts: 3 }],
  ["the jobs' own rows", { max_retries_column: "max_retries" }],
])(
  "a job that kills its worker each time fails for good at the limit of %s, and takes no other with it",
  async (_, limit) => {
    const times = { lease_seconds: 1, backoff_base_seconds: 0, backoff_cap_seconds: 0 };
    await declareJobs(database.pool, { ...times, ...limit });
    await database.pool.query(
      `insert into public.jobs (payload, max_retries)
     select case n when 4 then 'poison' else 'harmless' end, 2 from generate_series(1, 6) n`,
    );
    keepWorking();
    await vi.waitFor(
      async () => {
        const { rows } = await database.pool.query(
          "select payload = 'poison' as poison, status, count(*)::int as jobs from public.jobs group by 1, 2 order by 1",
        );
        expect(rows).toEqual([
          { poison: false, status: "completed", jobs: 5 },
          { poison: true, status: "failed", jobs: 1 },
        ]);
      },
      { timeout: 90_000, interval: 100 },
    );
    const { rows } = await database.pool.query(
      "select attempts, error from public.jobs where payload = 'poison'",
    );
    expect(rows).toEqual([{ attempts: 3, error: expect.stringMatching(/^lease expired/) }]);
    expect(deaths).toBe(3);
  },
  120_000,
);
