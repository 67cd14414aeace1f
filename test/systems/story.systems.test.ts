import { beforeAll, describe, expect, it, vi } from "vitest";
import { JobQueue } from "../../examples/job-queue-client/job-queue.ts";
import { demoUserId, demoUserToken } from "../../infra/local/demo-user.ts";
import { createApiKeys } from "../../infra/local/gateway/jwt.ts";
import { jwtSecret } from "../../infra/local/local-defaults.ts";
import { openSupabase } from "../support/open-supabase.ts";
import { systemsPlatform } from "./platform.ts";

const platform = systemsPlatform();
const sql = (text: string) => platform.queryIn<Record<string, unknown>>("story", text);
const functionUrl = (name: string) => `${platform.url("api")}/functions/v1/${name}`;

/** The job of guide 000's step 7.1, with its placeholders filled in. */
async function insertTestJob(): Promise<string> {
  const [row] = await sql(`
    INSERT INTO jobs (job_type, parameters, status, user_id, story_id, estimated_completion_at)
    VALUES (
      'story_generation',
      '{"topic": "Testing on-insert trigger", "level": "N5", "instructions": "", "length": "short", "geminiApiKey": "a-users-own-key"}'::jsonb,
      'pending',
      '${demoUserId}',  -- Get this from: SELECT id FROM auth.users;
      null,
      NOW() + INTERVAL '1 minute'
    )
    RETURNING id;`);
  return String(row?.id);
}

async function waitFor(id: string, status: string): Promise<void> {
  await vi.waitFor(
    async () => expect(await sql(`SELECT status FROM jobs WHERE id = '${id}'`)).toEqual([{ status }]),
    {
      timeout: 90_000,
      interval: 100,
    },
  );
}

describe("guide 000, the trigger", () => {
  it.each([
    ["step 1", "SELECT * FROM pg_extension WHERE extname = 'pg_net';", { extname: "pg_net" }],
    [
      "5.2",
      `SELECT routine_name, routine_type
FROM information_schema.routines
WHERE routine_name = 'trigger_job_worker';`,
      { routine_name: "trigger_job_worker", routine_type: "FUNCTION" },
    ],
    [
      "5.3",
      `SELECT tgname, tgtype, tgenabled
FROM pg_trigger
WHERE tgname = 'on_job_insert';`,
      { tgname: "on_job_insert", tgenabled: "O" },
    ],
    [
      "5.4",
      `SELECT routine_name
FROM information_schema.routines
WHERE routine_name = 'trigger_all_pending_jobs';`,
      { routine_name: "trigger_all_pending_jobs" },
    ],
    [
      "5.5",
      `-- This shows the actual function code - check that YOUR_PROJECT_REF was replaced
SELECT prosrc FROM pg_proc WHERE proname = 'trigger_job_worker';`,
      { prosrc: expect.stringContaining("/functions/v1/job-worker") },
    ],
    [
      "troubleshooting: is the trigger there",
      `SELECT tgname, tgenabled
FROM pg_trigger
WHERE tgname = 'on_job_insert';`,
      { tgname: "on_job_insert", tgenabled: "O" },
    ],
  ])("%s has its row", async (_step, query, row) => {
    // Other systems of the same database may have triggers and functions of the same name.
    expect(await sql(query)).toContainEqual(expect.objectContaining(row));
  });

  it("6.1 lists the backup schedule, and troubleshooting the settings of pg_cron", async () => {
    expect(await sql("SELECT * FROM cron.job;")).toContainEqual(
      expect.objectContaining({ jobname: "job-worker-poll", active: true }),
    );
    expect(await sql("SELECT * FROM pg_settings WHERE name LIKE '%cron%';")).not.toEqual([]);
  });

  it("7.1 to 7.4: an inserted job is worked on, counted and listed as completed", async () => {
    const before = await platform.wakeUps("story");
    const id = await insertTestJob();
    await waitFor(id, "completed");
    expect(await platform.wakeUps("story")).toBeGreaterThan(before);
    const listed = await sql(`
SELECT id, job_type, status, created_at, completed_at
FROM jobs
ORDER BY created_at DESC
LIMIT 5;`);
    expect(listed).toContainEqual(
      expect.objectContaining({ job_type: "story_generation", completed_at: expect.any(Date) }),
    );
    const metrics = await (await fetch(`${platform.url("exporter")}/metrics`)).text();
    const counted = metrics.split("\n").filter((line) => /^jobs_wakeups_total\{.*queue="story"/.test(line));
    for (const result of ["sent", "coalesced", "failed"]) {
      expect(counted).toContainEqual(expect.stringContaining(`result="${result}"`));
    }
  });

  it("troubleshooting: jobs that came while the trigger was off are worked on by hand, and by themselves once it is on", async () => {
    const state = async () =>
      (
        await sql(
          "SELECT tgenabled FROM pg_trigger WHERE tgname = 'on_job_insert' AND tgrelid = 'jobs'::regclass",
        )
      )[0];
    // The guide writes ALTER TRIGGER ... DISABLE, which Postgres does not know.
    await sql("ALTER TABLE jobs DISABLE TRIGGER on_job_insert");
    expect(await state()).toEqual({ tgenabled: "D" });
    const missed = await insertTestJob();
    const [woken] = await sql("SELECT trigger_all_pending_jobs();");
    expect(Number(woken?.trigger_all_pending_jobs)).toBeGreaterThanOrEqual(0);
    await waitFor(missed, "completed");
    await sql("ALTER TABLE jobs ENABLE TRIGGER on_job_insert");
    expect(await state()).toEqual({ tgenabled: "O" });
    await waitFor(await insertTestJob(), "completed");
  });

  it("rate limiting: of two audio jobs one waits for half a minute, and the stories pass it by", async () => {
    const [story, ...audio] = await sql(`
      INSERT INTO jobs (job_type, parameters, user_id)
      SELECT type, '{"topic": "A pause", "level": "N5", "length": "short", "geminiApiKey": "a-key"}', '${demoUserId}'
      FROM unnest('{story_generation,audio_generation,audio_generation}'::text[]) type RETURNING id`);
    await waitFor(String(story?.id), "completed");
    // No function here knows how to speak a story, so the first ends as failed.
    const spoken = `SELECT status FROM jobs WHERE id IN ('${audio.map(({ id }) => id).join("', '")}') ORDER BY status`;
    await vi.waitFor(
      async () => expect(await sql(spoken)).toEqual([{ status: "failed" }, { status: "pending" }]),
      {
        timeout: 30_000,
      },
    );
  });

  it("recovery, option 2: the function is called directly", async () => {
    const call = (token: string) =>
      fetch(functionUrl("job-worker"), {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: "{}",
      });
    expect((await call(platform.file().cronSecret)).status).toBe(202);
    expect((await call("wrong")).status).toBe(401);
  });
});

describe("guide 002, the background jobs", () => {
  let token: string;
  beforeAll(async () => {
    token = await demoUserToken();
  });

  it("6.1 and 6.2: a job is created over HTTP and asked for", async () => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const response = await fetch(functionUrl("job-creator"), {
      method: "POST",
      headers,
      body: `{
    "job_type": "story_generation",
    "parameters": {
      "topic": "A test story",
      "level": "N5",
      "instructions": "",
      "length": "short",
      "geminiApiKey": "YOUR_GEMINI_API_KEY"
    }
  }`,
    });
    const created = (await response.json()) as Record<string, unknown>;
    expect(created).toEqual({
      success: true,
      job_id: expect.any(String),
      status: "pending",
      estimated_completion_at: expect.any(String),
      message: "Job queued successfully",
    });
    const status = await fetch(`${functionUrl("job-status")}?job_id=${created.job_id}`, { headers });
    expect(await status.json()).toMatchObject({ id: created.job_id, job_type: "story_generation" });
    await waitFor(String(created.job_id), "completed");
  });
});

describe("the client of the examples", () => {
  let queue: JobQueue;
  beforeAll(async () => {
    const { anon } = await createApiKeys(jwtSecret);
    // There is no Realtime on this platform, so this is the client that looks.
    queue = new JobQueue(openSupabase(platform.url("api"), anon, demoUserToken), { firstPollMs: 100 });
  });
  const parameters = {
    topic: "A patient client",
    level: "N5",
    length: "short",
    geminiApiKey: "a-users-own-key",
  };

  it("orders a story, hears of its states and gets it", async () => {
    const seen: string[] = [];
    const id = await queue.create("story_generation", parameters);
    const job = await queue.wait(id, { onChange: ({ status }) => seen.push(status) });
    expect(job).toMatchObject({
      id,
      status: "completed",
      result: { title: expect.any(String) },
      error: null,
    });
    expect(seen.at(-1)).toBe("completed");
  });

  it("hears why a job failed, and what is refused before there is one", async () => {
    const failing = await queue.create("story_generation", { ...parameters, geminiApiKey: "invalid-key" });
    expect(await queue.wait(failing)).toMatchObject({
      status: "failed",
      error: expect.stringMatching(/key/i),
    });
    const refused = queue.create("story_generation", { ...parameters, level: "N9" });
    await expect(refused).rejects.toMatchObject({ status: 400, message: "the request is invalid" });
    await expect(queue.wait("00000000-0000-4000-8000-00000000dead")).rejects.toThrow("job not found");
  });

  it("stops waiting when it is told to, and the job goes on", async () => {
    const abort = new AbortController();
    const id = await queue.create("story_generation", parameters);
    const waiting = queue.wait(id, {
      signal: abort.signal,
      onChange: () => abort.abort(new Error("closed")),
    });
    // The first look may find the job at its end already.
    await waiting.catch((error) => expect(error).toEqual(new Error("closed")));
    expect((await queue.wait(id)).status).toBe("completed");
  });
});

// Last, since the first run may be a minute away.
it("guide 002, troubleshooting: the backup schedule runs", async () => {
  await vi.waitFor(
    async () => {
      const runs = await sql(`
   SELECT * FROM cron.job_run_details WHERE jobid = (
     SELECT jobid FROM cron.job WHERE jobname = 'job-worker-poll'
   ) ORDER BY start_time DESC LIMIT 5;`);
      expect(runs).toContainEqual(
        expect.objectContaining({ status: expect.stringMatching(/^(running|succeeded)$/) }),
      );
    },
    { timeout: 100_000, interval: 500 },
  );
});
