import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { controlGenerator } from "./control-generator.ts";
import { killPart } from "./kill-part.ts";
import { createTestPlatform, type TestPlatform } from "./platform.ts";

let platform: TestPlatform;

beforeAll(async () => {
  platform = await createTestPlatform();
  await platform.npm("up", "--detach");
});
afterAll(async () => {
  await platform.npm("down", "--purge");
});

// Faults are noticed when a lease or a wait is over; `up` sets these back.
beforeEach(async () => {
  await platform.query(
    `update jobstack.queue set lease_seconds = 5, backoff_base_seconds = 1, backoff_cap_seconds = 1
     where name = 'story'`,
  );
});
afterEach(() => generator({}));

const generator = (control: Record<string, number>) => controlGenerator(platform, control);

async function insertJobs(count: number): Promise<string[]> {
  const rows = await platform.query<{ id: string }>(
    `insert into story.jobs (job_type, parameters, user_id)
     select 'story_generation',
       '{"topic": "A fault", "level": "N5", "length": "short", "geminiApiKey": "a-key"}',
       '00000000-0000-4000-8000-000000000001'
     from generate_series(1, $1) returning id`,
    [count],
  );
  return rows.map(({ id }) => id);
}

interface JobRow extends Record<string, unknown> {
  status: string;
  attempts: number;
  error_message: string | null;
}

const jobs = (ids: string[]) =>
  platform.query<JobRow>("select status, attempts, error_message from story.jobs where id = any ($1)", [ids]);

async function until(ids: string[], check: (rows: JobRow[]) => boolean): Promise<JobRow[]> {
  return vi.waitFor(
    async () => {
      const rows = await jobs(ids);
      expect(rows).toSatisfy(check);
      return rows;
    },
    { timeout: 120_000, interval: 100 },
  );
}

const allCompleted = (ids: string[]) =>
  until(ids, (rows) => rows.every(({ status }) => status === "completed"));
const allProcessing = (ids: string[]) =>
  until(ids, (rows) => rows.every(({ status }) => status === "processing"));

/** Ids of the processes that run this platform's job-worker. */
function jobWorkers(): number[] {
  const code = path.join(platform.dir, "gateway/functions/job-worker/");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && commandOf(name).includes(code))
    .map(Number);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

it("jobs are tried again when their function is killed", async () => {
  await generator({ latencyMs: 600_000 });
  const ids = await insertJobs(3);
  await allProcessing(ids);
  await generator({});
  for (const pid of jobWorkers()) process.kill(pid, "SIGKILL");
  expect(await allCompleted(ids)).toSatisfy((rows: JobRow[]) => rows.every(({ attempts }) => attempts > 1));
});

it("a job that takes longer than its lease is run once", async () => {
  await generator({ latencyMs: 12_000 });
  const ids = await insertJobs(1);
  expect(await allCompleted(ids)).toMatchObject([{ attempts: 1 }]);
});

it("jobs wait while the generator is out of order", async () => {
  await platform.query("update jobstack.queue set max_attempts = 100 where name = 'story'");
  await generator({ failEvery: 1, status: 503 });
  const ids = await insertJobs(2);
  await until(ids, (rows) =>
    rows.every(({ attempts, error_message }) => attempts > 0 && error_message !== null),
  );
  await generator({});
  for (const { error_message } of await allCompleted(ids)) expect(error_message).toBeNull();
});

it("jobs are announced and done while no schedule runs", async () => {
  const setAll = (active: boolean) =>
    platform.query("select cron.alter_job(j.jobid, active := $1) from cron.job j", [active]);
  await setAll(false);
  try {
    await allCompleted(await insertJobs(3));
  } finally {
    await setAll(true);
  }
});

it("nothing is lost when pg_net's worker is killed, and then the database, at once and in the middle of jobs", async () => {
  await generator({ latencyMs: 600_000 });
  const running = await insertJobs(10);
  await allProcessing(running);
  await killPart(platform, "pg-net", "SIGKILL");
  const unannounced = await insertJobs(3);
  // Postgres's immediate shutdown: no session is waited for, nothing is written down, as after a power failure.
  await killPart(platform, "postgres", "SIGQUIT");
  await generator({});
  await platform.npm("up", "--detach");
  await allCompleted([...running, ...unannounced]);
});
