import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { installStory } from "../../../sql/story/testing/install-story.ts";
import { createTestDatabase, type TestDatabase } from "../../../test/support/test-database.ts";
import { alice } from "../../../test/support/users.ts";
import {
  type JobHandler,
  PermanentError,
  type Query,
  runWorker,
  type Worker,
  type WorkerOptions,
} from "./worker.ts";

let database: TestDatabase;
const workers: Worker[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const worker of workers.splice(0)) {
    worker.stop();
    await worker.finished.catch(() => {});
  }
  await database.drop();
});

async function setup(queue: Record<string, unknown> = {}) {
  await installStory(database.pool, { queue: { backoff_base_seconds: 0, backoff_cap_seconds: 0, ...queue } });
  const query: Query = async (text, parameters) => (await database.pool.query(text, [...parameters])).rows;
  return {
    start: (handler: JobHandler, options: Partial<WorkerOptions> = {}) => {
      const worker = runWorker({ queue: "story", query, handler, lingerMs: 100, ...options });
      workers.push(worker);
      return worker;
    },
    insert: (count: number) =>
      database.pool.query(
        `insert into story.jobs (job_type, parameters, user_id)
         select 'story_generation', jsonb_build_object('n', n), $1 from generate_series(1, $2) n`,
        [alice, count],
      ),
    rows: async (sql: string) => (await database.pool.query(sql)).rows,
  };
}

const summary = "select status, count(*)::int as jobs from story.jobs group by status order by status";

/** A handler that reports its start and ends when told. */
function controlled() {
  const { promise: ended, resolve: end } = withResolvers<unknown>();
  const { promise: started, resolve: start } = withResolvers<AbortSignal>();
  const handler: JobHandler = async (_, { signal }) => {
    start(signal);
    return ended;
  };
  return { handler, started, end };
}

/** Until a lease of one second has been extended. */
async function untilExtended(rows: (sql: string) => Promise<unknown[]>): Promise<void> {
  await vi.waitFor(
    async () => {
      const [lease] = await rows(
        "select lease_until > claimed_at + interval '2 seconds' as extended from jobstack.lease",
      );
      expect(lease).toEqual({ extended: true });
    },
    { timeout: 20_000 },
  );
}

function withResolvers<Value>() {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe("a worker on the real queue", () => {
  it("works through everything, stores the results and leaves no trace of itself", async () => {
    const { start, insert, rows } = await setup();
    await insert(250);
    await start(async (job) => ({ echo: job.row.parameters }), { concurrency: 20, batch: 50 }).finished;
    expect(await rows(summary)).toEqual([{ status: "completed", jobs: 250 }]);
    expect(
      await rows("select from story.jobs where result -> 'echo' <> parameters or completed_at is null"),
    ).toEqual([]);
    expect(await rows("select from jobstack.lease")).toEqual([]);
    expect(await rows("select from jobstack.worker")).toEqual([]);
  });

  it("runs each job exactly once beside other workers", async () => {
    const { start, insert, rows } = await setup();
    await insert(300);
    const runs = new Map<string, number>();
    const handler: JobHandler = async ({ id }) => runs.set(id, (runs.get(id) ?? 0) + 1) && {};
    await Promise.all([1, 2, 3].map(() => start(handler, { concurrency: 7 }).finished));
    expect(await rows(summary)).toEqual([{ status: "completed", jobs: 300 }]);
    expect([...runs.values()].every((count) => count === 1) && runs.size).toBe(300);
  });

  it("retries a failure and dead-letters it when no attempt is left", async () => {
    const { start, insert, rows } = await setup({ max_attempts: 2 });
    await insert(1);
    const attempts: number[] = [];
    const handler: JobHandler = async (_, { attempt }) => {
      attempts.push(attempt);
      throw new Error(`no answer to attempt ${attempt}`);
    };
    start(handler, { lingerMs: 60_000 });
    await vi.waitFor(
      async () => {
        const [job] = await rows("select status, error_message, attempts from story.jobs");
        expect(job).toEqual({ status: "failed", error_message: "no answer to attempt 2", attempts: 2 });
      },
      { timeout: 20_000 },
    );
    expect(attempts).toEqual([1, 2]);
  });

  it("does not retry what cannot succeed", async () => {
    const { start, insert, rows } = await setup();
    await insert(1);
    await start(async () => {
      throw new PermanentError("the key is refused");
    }).finished;
    expect(await rows("select status, error_message, attempts from story.jobs")).toEqual([
      { status: "failed", error_message: "the key is refused", attempts: 1 },
    ]);
  });

  it("stores a result with characters that jsonb refuses", async () => {
    const { start, insert, rows } = await setup();
    await insert(2);
    await start(async () => ({ text: "a\0b\ud800" })).finished;
    expect(await rows("select distinct result from story.jobs")).toEqual([{ result: { text: "ab\ufffd" } }]);
  });

  it("does not let one refused result hold up the others", async () => {
    const { start, insert, rows } = await setup();
    await insert(5);
    await database.pool.query("alter table story.jobs add check (result ->> 'n' <> '3')");
    await start(async (job) => job.row.parameters).finished;
    expect(await rows(summary)).toEqual([
      { status: "completed", jobs: 4 },
      { status: "failed", jobs: 1 },
    ]);
    const [failed] = await rows("select error_message from story.jobs where status = 'failed'");
    expect(failed?.error_message).toMatch(
      /^the result could not be stored: new row .* violates check constraint/,
    );
  });

  it("keeps its lease for as long as the job runs", async () => {
    const { start, insert, rows } = await setup({ lease_seconds: 1 });
    await insert(1);
    const { handler, started, end } = controlled();
    const worker = start(handler);
    await started;
    await untilExtended(rows);
    end({ ok: true });
    await worker.finished;
    expect(await rows("select status, attempts from story.jobs")).toEqual([
      { status: "completed", attempts: 1 },
    ]);
  });

  it("keeps its lease with a clock that is wrong, and jumps", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
    try {
      const { start, insert, rows } = await setup({ lease_seconds: 1 });
      await insert(1);
      const { handler, started, end } = controlled();
      const worker = start(handler);
      await started;
      vi.setSystemTime(Date.now() + 86_400_000);
      await untilExtended(rows);
      end({ ok: true });
      await worker.finished;
      expect(await rows("select status, attempts from story.jobs")).toEqual([
        { status: "completed", attempts: 1 },
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("drops a job whose lease is gone and writes nothing for it", async () => {
    const { start, insert, rows } = await setup({ lease_seconds: 1 });
    await insert(1);
    const { handler, started, end } = controlled();
    const worker = start(handler);
    const signal = await started;
    await database.pool.query("delete from jobstack.lease");
    await vi.waitFor(() => expect(signal.aborted).toBe(true), { timeout: 20_000 });
    end({ late: true });
    await worker.finished;
    expect(await rows("select status, result from story.jobs")).toEqual([
      { status: "processing", result: null },
    ]);
  });

  it("gives its jobs back when it is stopped", async () => {
    const { start, insert, rows } = await setup();
    await insert(3);
    const { handler, started } = controlled();
    const worker = start(handler, { concurrency: 2 });
    await started;
    worker.stop();
    await worker.finished;
    expect(await rows(summary)).toEqual([{ status: "pending", jobs: 3 }]);
    expect(await rows("select from jobstack.lease")).toEqual([]);
  });

  it("finds work that comes in while it lingers", async () => {
    const { start, insert, rows } = await setup();
    const worker = start(async () => ({}), { lingerMs: 60_000 });
    await insert(1);
    await vi.waitFor(async () => expect(await rows(summary)).toEqual([{ status: "completed", jobs: 1 }]), {
      timeout: 20_000,
    });
    worker.stop();
  });
});
