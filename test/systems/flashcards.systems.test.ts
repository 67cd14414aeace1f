import { randomUUID } from "node:crypto";
import { StorageClient } from "@supabase/storage-js";
import { fileTypeFromBuffer } from "file-type";
import pg from "pg";
import { describe, expect, it, vi } from "vitest";
import { drawImage } from "../../infra/local/demo/draw-image.ts";
import { demoUserId, demoUserToken } from "../../infra/local/demo-user.ts";
import { userToken } from "../support/user-token.ts";
import { systemsPlatform } from "./platform.ts";

const platform = systemsPlatform();
const ben = "00000000-0000-4000-8000-000000000002";
const patience = { timeout: 90_000, interval: 100 };
const sunset = { width: 640, height: 480, from: "#ff8800", to: "#2244cc" };

interface Job {
  id: string;
  status: string;
  error_message: string | null;
  attempts: number;
  result: { outcome: string; cards: number; thumbnail: string; facts: Record<string, string> } | null;
}

async function bucket(name: string, token: Promise<string> = demoUserToken()) {
  const headers = { authorization: `Bearer ${await token}` };
  return new StorageClient(`${platform.url("api")}/storage/v1`, headers).from(name);
}

/** Uploads as Ada, into her folder; returns the file's path. */
async function upload(bytes: Uint8Array, contentType: string): Promise<string> {
  const path = `${demoUserId}/${randomUUID()}`;
  const { error } = await (await bucket("ingest")).upload(path, bytes, { contentType });
  expect(error).toBeNull();
  return path;
}

/** The job of a file, once it has ended so. */
function ended(path: string, status: string): Promise<Job> {
  return vi.waitFor(async () => {
    const jobs = await platform.query<Job>("select * from flashcards.jobs where object_name = $1", [path]);
    expect(jobs, JSON.stringify(jobs)).toMatchObject([{ status }]);
    return jobs[0] as Job;
  }, patience);
}

/** How many rows a statement shows to a user, with that user's own rights as the API has them. */
async function countSeenBy(user: string, sql: string, values: unknown[]): Promise<number> {
  const client = new pg.Client({ connectionString: platform.file().databaseUrl });
  await client.connect();
  try {
    await client.query("select set_config('request.jwt.claims', $1, false)", [JSON.stringify({ sub: user })]);
    await client.query("set role authenticated");
    return (await client.query(sql, values)).rows.length;
  } finally {
    await client.end();
  }
}

describe("an uploaded image", () => {
  it.each([
    ["JPEG", "image/jpeg"],
    ["PNG", "image/png"],
  ] as const)("becomes a thumbnail and cards that only its owner sees: %s", async (format, type) => {
    const path = await upload(await drawImage({ ...sunset, format }), type);
    const { id, result } = await ended(path, "done");
    expect(result).toMatchObject({ outcome: "made", facts: { format, size: "640 x 480 pixels" } });
    const thumbnail = String(result?.thumbnail);
    const { data } = await (await bucket("thumbnails")).download(thumbnail);
    const bytes = new Uint8Array((await data?.arrayBuffer()) ?? []);
    expect(await fileTypeFromBuffer(bytes)).toMatchObject({ mime: "image/jpeg" });
    const stranger = await (await bucket("thumbnails", userToken(ben))).download(thumbnail);
    expect(stranger.data).toBeNull();

    const cards = "select from flashcards.cards where thumbnail = $1";
    expect(await countSeenBy(demoUserId, cards, [thumbnail])).toBe(result?.cards);
    expect(await countSeenBy(ben, cards, [thumbnail])).toBe(0);
    const jobs = "select from flashcards.jobs where id = $1";
    expect(await countSeenBy(demoUserId, jobs, [id])).toBe(1);
    expect(await countSeenBy(ben, jobs, [id])).toBe(0);
  });

  it("fails with its reason, at the first attempt, when it was cut off", async () => {
    const whole = await drawImage({ ...sunset, format: "PNG" });
    const path = await upload(whole.subarray(0, whole.length / 2), "image/png");
    const { error_message, attempts } = await ended(path, "failed");
    expect(error_message).toMatch(/^the image is damaged: \w.*; upload it again$/);
    expect(attempts).toBe(1);
  });

  it("is refused in another user's folder", async () => {
    const bytes = await drawImage({ ...sunset, format: "PNG" });
    const elsewhere = await (await bucket("ingest")).upload(`${ben}/${randomUUID()}`, bytes, {
      contentType: "image/png",
    });
    expect(elsewhere.error?.message).toContain("row-level security");
  });
});

it("is worked on by cron-tick as its cron job calls it, and by worker-pull as an operator does", async () => {
  const call = (slug: string, body?: string) =>
    fetch(`${platform.url("api")}/functions/v1/${slug}`, {
      method: "POST",
      headers: { authorization: `Bearer ${platform.file().cronSecret}` },
      ...(body !== undefined && { body }),
    });
  const tick = await call("cron-tick", '{"iterations": 5, "delay": 1000}');
  expect([tick.status, await tick.json()]).toMatchObject([202, { iterations: 5, delay: 1_000 }]);
  expect((await call("worker-pull")).status).toBe(202);
});

const verifyJob = `SELECT jobid, jobname, schedule, active
FROM cron.job
WHERE jobname = 'process-flashcard-jobs';`;

describe("what the operators of the system run by hand", () => {
  const run = <Row extends pg.QueryResultRow>(sql: string) => platform.queryIn<Row>("flashcards", sql);

  it("shows the cron job", async () => {
    expect(await run(verifyJob)).toMatchObject([
      { jobname: "process-flashcard-jobs", schedule: "* * * * *", active: true },
    ]);
    expect(await run("SELECT * FROM cron.job WHERE jobname = 'process-flashcard-jobs';")).toHaveLength(1);
    const active =
      "SELECT active FROM cron.job WHERE jobname = 'process-flashcard-jobs';\n-- Should be: true";
    expect(await run(active)).toEqual([{ active: true }]);
  });

  it("shows the newest jobs, and how many were worked on", async () => {
    const path = await upload(await drawImage({ ...sunset, format: "GIF" }), "image/gif");
    await ended(path, "done");
    expect(await run("SELECT * FROM jobs ORDER BY created_at DESC LIMIT 1;")).toHaveLength(1);
    expect(await run("SELECT * FROM jobs ORDER BY updated_at DESC LIMIT 1;")).toHaveLength(1);
    const [statistics] = await run(`-- Jobs processed in last hour
SELECT
  COUNT(*) FILTER (WHERE status = 'done') as completed,
  COUNT(*) FILTER (WHERE status = 'failed') as failed,
  COUNT(*) FILTER (WHERE status = 'queued') as still_queued
FROM jobs
WHERE updated_at > NOW() - INTERVAL '1 hour';`);
    expect(Number(statistics?.completed)).toBeGreaterThan(0);
    const rate = await run(`-- Jobs per minute
SELECT
  DATE_TRUNC('minute', updated_at) as minute,
  COUNT(*) as processed
FROM jobs
WHERE status IN ('done', 'failed')
  AND updated_at > NOW() - INTERVAL '1 hour'
GROUP BY minute
ORDER BY minute DESC;`);
    expect(rate.length).toBeGreaterThan(0);
  });

  it("shows the runs of the cron job, and what they said", async () => {
    const recent = `-- Last 10 cron runs
SELECT
  runid,
  status,
  return_message,
  start_time,
  end_time
FROM cron.job_run_details
WHERE jobid = (SELECT jobid FROM cron.job WHERE jobname = 'process-flashcard-jobs')
ORDER BY start_time DESC
LIMIT 10;`;
    await vi.waitFor(
      async () => expect(await run(recent)).toContainEqual(expect.objectContaining({ status: "succeeded" })),
      patience,
    );
    expect(await run("SELECT * FROM cron.job_run_details\nORDER BY start_time DESC LIMIT 5;")).not.toEqual(
      [],
    );
    const messages = `SELECT status, return_message, start_time
FROM cron.job_run_details
WHERE jobid = (SELECT jobid FROM cron.job WHERE jobname = 'process-flashcard-jobs')
ORDER BY start_time DESC LIMIT 5;`;
    expect(await run(messages)).not.toEqual([]);
    const errors = `SELECT return_message, start_time
FROM cron.job_run_details
WHERE jobid = (SELECT jobid FROM cron.job WHERE jobname = 'process-flashcard-jobs')
  AND status = 'failed'
ORDER BY start_time DESC LIMIT 5;`;
    expect(await run(errors)).toEqual([]);
    const last = `-- View cron execution details
SELECT return_message
FROM cron.job_run_details
WHERE jobid = (SELECT jobid FROM cron.job WHERE jobname = 'process-flashcard-jobs')
ORDER BY start_time DESC LIMIT 1;`;
    expect(await run(last)).toHaveLength(1);
  });

  it("pauses and resumes a cron job, and deletes one; a deployment shows both and repairs them", () =>
    platform.alone(async () => {
      // On Supabase only its own administrator may update cron.job; everybody else has cron.alter_job.
      const setActive = (active: boolean) =>
        platform.queryAsAdmin(`UPDATE cron.job
SET active = ${active}
WHERE jobname = 'process-flashcard-jobs';`);
      await setActive(false);
      expect(await run(verifyJob)).toMatchObject([{ active: false }]);
      await setActive(true);
      await run(
        "select cron.alter_job(jobid, active := false) from cron.job where jobname = 'alert-stuck-jobs'",
      );
      await run("SELECT cron.unschedule('process-flashcard-jobs');");
      expect(await run(verifyJob)).toEqual([]);
      const shown = await platform.npm("deploy", "--stack", "local", "--yes");
      expect(shown).toMatch(
        /\[id=alert-stuck-jobs\](?:(?!\[id=).)*active: "changed outside of Pulumi from true to false"/s,
      );
      expect(await run(verifyJob)).toMatchObject([{ schedule: "* * * * *", active: true }]);
      expect(await run("select active from cron.job where jobname = 'alert-stuck-jobs'")).toEqual([
        { active: true },
      ]);
    }));
});

describe("alert-stuck-jobs", () => {
  it("looks hourly for more than a hundred jobs", async () => {
    expect(await alertJob()).toMatchObject({
      schedule: "0 * * * *",
      command: expect.stringMatching(/p_older_than => '3600 seconds', p_more_than => '100'/),
    });
  });

  it("tells the webhook when more jobs are stuck than it is told to overlook", async () => {
    // The command as it is deployed, but for one job and at once.
    const { command } = await alertJob();
    const name = `alert-${randomUUID()}`;
    const sensitive = command
      .replace("'alert-stuck-jobs'", `'${name}'`)
      .replace("'3600 seconds'", "'0 seconds'")
      .replace("'100'", "'0'");
    await platform.query("select jobstack.pause_queue('flashcards')");
    try {
      await upload(await drawImage({ ...sunset, format: "PNG" }), "image/png");
      await platform.query(sensitive);
    } finally {
      await platform.query("select jobstack.resume_queue('flashcards')");
    }
    await vi.waitFor(async () => {
      const alerts = await (await fetch(`${platform.url("generator")}/alerts`)).text();
      expect(alerts).toContain(name);
    }, patience);
  });
});

async function alertJob(): Promise<{ schedule: string; command: string }> {
  const sql = "select schedule, command from cron.job where jobname = 'alert-stuck-jobs'";
  const [job] = await platform.query<{ schedule: string; command: string }>(sql);
  if (job === undefined) throw new Error("the cron job alert-stuck-jobs is missing");
  return job;
}
