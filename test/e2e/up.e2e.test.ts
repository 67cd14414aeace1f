import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { demoUserToken } from "../../infra/local/demo-user.ts";
import { readLiveState } from "../../infra/local/supervisor/run-state.ts";
import { locateWorkspace, projectRoot } from "../../infra/local/workspace.ts";
import { userToken } from "../support/user-token.ts";
import { controlGenerator } from "./control-generator.ts";
import { killPart } from "./kill-part.ts";
import { createTestPlatform, type TestPlatform } from "./platform.ts";

const orderedStory = {
  job_type: "story_generation",
  parameters: {
    topic: "A test story",
    level: "N5",
    instructions: "",
    length: "short",
    geminiApiKey: "a-users-own-key",
  },
};

let platform: TestPlatform;
let firstOutput: string;

beforeAll(async () => {
  platform = await createTestPlatform();
  firstOutput = await platform.npm("up", "--detach");
});

afterAll(async () => {
  await platform.npm("down", "--purge");
});

async function post(body: unknown, token: string): Promise<Response> {
  return fetch(`${platform.url("api")}/functions/v1/job-creator`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function jobStatus(id: string, token: string): Promise<Response> {
  return fetch(`${platform.url("api")}/functions/v1/job-status?job_id=${id}`, {
    headers: { authorization: `Bearer ${token}` },
  });
}

async function waitUntilCompleted(id: string, token: string): Promise<Record<string, unknown>> {
  return vi.waitFor(
    async () => {
      const job = (await (await jobStatus(id, token)).json()) as Record<string, unknown>;
      expect(job.status).toBe("completed");
      return job;
    },
    { timeout: 60_000, interval: 50 },
  );
}

describe("npm run up", () => {
  it("says what runs, what to try and how to stop it, and ran a first job", () => {
    expect(firstOutput).toMatch(/First job: story written in \d+ ms/);
    expect(firstOutput).toContain(platform.url("api"));
    expect(firstOutput).toContain(`${platform.url("exporter")}/status`);
    expect(firstOutput).toContain("npm run down");
  });

  it("changes nothing when it runs again", async () => {
    expect(await platform.npm("up", "--detach")).toMatch(
      /Deployment: 0 created, 0 updated, 0 deleted, \d+ unchanged/,
    );
  });
});

describe("a job", () => {
  it("is created, worked on and completed over HTTP, without its API key in clear anywhere in its row", async () => {
    const token = await demoUserToken();
    const response = await post(orderedStory, token);
    const created = (await response.json()) as Record<string, unknown>;
    expect(created).toMatchObject({ success: true, status: "pending", message: "Job queued successfully" });
    const job = await waitUntilCompleted(String(created.job_id), token);
    expect(job).toMatchObject({ id: created.job_id, job_type: "story_generation" });
    const rows = await platform.query("select to_jsonb(j)::text as row from story.jobs j where id = $1", [
      created.job_id,
    ]);
    expect(JSON.stringify(rows)).not.toContain("a-users-own-key");
  });

  it("is invisible to other users", async () => {
    const created = (await (await post(orderedStory, await demoUserToken())).json()) as { job_id: string };
    const stranger = await userToken("00000000-0000-4000-8000-000000000002");
    expect((await jobStatus(created.job_id, stranger)).status).toBe(404);
  });

  it("is refused with the right status for a bad or expired token and a malformed body", async () => {
    const token = await demoUserToken();
    const expired = await userToken("00000000-0000-4000-8000-000000000001", "-1h");
    expect((await post(orderedStory, "nonsense")).status).toBe(401);
    expect((await post(orderedStory, expired)).status).toBe(401);
    const level = await post(
      { ...orderedStory, parameters: { ...orderedStory.parameters, level: "N9" } },
      token,
    );
    expect(level.status).toBe(400);
    expect(JSON.stringify(await level.json())).toContain("level");
  });

  it("that is inserted by plain SQL is woken, worked on and completed", async () => {
    const [job] = await platform.query<{ id: string }>(
      `insert into story.jobs (job_type, parameters, status, user_id, story_id, estimated_completion_at)
       values ('story_generation', $1, 'pending', '00000000-0000-4000-8000-000000000001', null, now() + interval '1 minute')
       returning id`,
      [orderedStory.parameters],
    );
    await waitUntilCompleted(String(job?.id), await demoUserToken());
  });

  it("is not lost when its worker is denied: a caller without the secret gets 401", async () => {
    const worker = `${platform.url("api")}/functions/v1/job-worker`;
    expect((await fetch(worker, { method: "POST" })).status).toBe(401);
    const wrong = await fetch(worker, { method: "POST", headers: { authorization: "Bearer wrong" } });
    expect(wrong.status).toBe(401);
    const right = await fetch(worker, {
      method: "POST",
      headers: { authorization: `Bearer ${platform.file().cronSecret}` },
    });
    expect(right.status).toBe(202);
  });
});

describe("10,000 jobs in one statement", () => {
  it("are announced by at most one call and completed once each", async () => {
    const calls = async () => {
      const [row] = await platform.query<{ sent: string }>(
        "select wake_sent_total as sent from jobstack.metrics_queue() where queue = 'story'",
      );
      return Number(row?.sent);
    };
    const requests = async () => {
      const stats = (await (await fetch(`${platform.url("generator")}/stats`)).json()) as {
        requests: number;
      };
      return stats.requests;
    };
    const before = { calls: await calls(), requests: await requests() };
    await platform.query(
      `insert into story.jobs (job_type, parameters, user_id)
       select 'story_generation', $1::jsonb, '00000000-0000-4000-8000-000000000001' from generate_series(1, 10000)`,
      [orderedStory.parameters],
    );
    expect((await calls()) - before.calls).toBeLessThanOrEqual(1);
    await vi.waitFor(
      async () => {
        const open = await platform.query("select from story.jobs where status <> 'completed' limit 1");
        expect(open).toHaveLength(0);
      },
      { timeout: 240_000, interval: 500 },
    );
    expect((await requests()) - before.requests).toBe(10_000);
  });
});

describe("Prometheus", () => {
  it("has scraped the finished jobs", async () => {
    const query = encodeURIComponent('jobs_finished_total{queue="story",outcome="completed"}');
    await vi.waitFor(
      async () => {
        const response = await fetch(`${platform.url("prometheus")}/api/v1/query?query=${query}`);
        const body = (await response.json()) as { data: { result: { value: [number, string] }[] } };
        expect(Number(body.data.result[0]?.value[1])).toBeGreaterThan(10_000);
      },
      { timeout: 60_000, interval: 500 },
    );
  });
});

describe("the status page", () => {
  it("shows the queues and takes alerts from Prometheus", async () => {
    const response = await fetch(`${platform.url("exporter")}/status`);
    const body = await response.text();
    expect(body).toMatch(/<title>.* · local<\/title>/);
    expect(body).toMatch(/<th role="rowheader" scope="row">story/);
    expect(body).not.toContain("does not answer");
  });
});

describe("drift", () => {
  it("is shown by a plain preview and repaired by up, in SQL and over HTTP alike", async () => {
    const [cron] = await platform.query<{ jobid: string }>(
      "select jobid from cron.job where jobname = 'job-worker-poll'",
    );
    await platform.query("select cron.alter_job($1, schedule := '0 3 * * *')", [cron?.jobid]);
    await platform.query("alter table story.jobs disable trigger on_job_insert");
    await fetch(`${platform.url("api")}/v1/projects/${platform.file().projectRef}/secrets`, {
      method: "POST",
      headers: { authorization: `Bearer ${platform.file().accessToken}`, "content-type": "application/json" },
      body: JSON.stringify([{ name: "GEMINI_MODEL", value: "tampered" }]),
    });
    const preview = await platform.npm("preview");
    expect(preview).toMatch(/schedule: "changed outside of Pulumi from .* to .*0 3 \* \* \*/);
    expect(preview).toMatch(/~ 3 to update/);
    expect(await platform.npm("up", "--detach")).toMatch(/Deployment: 0 created, 3 updated, 0 deleted/);
    expect(await platform.npm("preview")).not.toMatch(/to update/);
  });

  it("as large as a whole roll back to polling is repaired by up, and no insert fails meanwhile", async () => {
    const sql = (text: string) => platform.queryIn<{ id: string }>("story", text);
    await sql(`
      SELECT cron.schedule(
        'job-worker-poll',
        '*/1 * * * *',
        $$
        SELECT net.http_post(
          url := current_setting('supabase.url', true) || '/functions/v1/job-worker',
          headers := jsonb_build_object(
            'Content-Type', 'application/json',
            'Authorization', 'Bearer ' || current_setting('app.settings.cron_secret', true)
          ),
          body := '{}'::jsonb
        );
        $$
      );`);
    await sql("DROP EXTENSION IF EXISTS pg_net;");
    const insert = `INSERT INTO jobs (job_type, parameters, user_id)
      VALUES ('story_generation', '${JSON.stringify(orderedStory.parameters)}', '00000000-0000-4000-8000-000000000001')
      RETURNING id`;
    const unannounced = await sql(insert);
    await sql(`
      -- Drop trigger
      DROP TRIGGER IF EXISTS on_job_insert ON jobs;

      -- Drop functions
      DROP FUNCTION IF EXISTS trigger_job_worker();
      DROP FUNCTION IF EXISTS trigger_all_pending_jobs();`);
    const unknown = await sql(insert);
    expect(await platform.npm("up", "--detach")).toMatch(/Deployment: 4 created, 1 updated, 0 deleted/);
    await sql("SELECT trigger_all_pending_jobs();");
    const token = await demoUserToken();
    for (const job of [...unannounced, ...unknown]) await waitUntilCompleted(job.id, token);
  });
});

describe("a crash", () => {
  it("of a part is reported and up repairs it; jobs that it was at cost an attempt, and none is lost", async () => {
    // A crash is noticed when the lease is over; `up` sets it back.
    await platform.query(
      "update jobstack.queue set lease_seconds = 2, backoff_base_seconds = 1, backoff_cap_seconds = 1 where name = 'story'",
    );
    await controlGenerator(platform, { latencyMs: 600_000 });
    const rows = await platform.query<{ id: string }>(
      `insert into story.jobs (job_type, parameters, user_id)
       select 'story_generation', $1::jsonb, '00000000-0000-4000-8000-000000000001' from generate_series(1, 5)
       returning id`,
      [orderedStory.parameters],
    );
    const ids = rows.map(({ id }) => id);
    type Row = { status: string; attempts: number };
    const jobs = () =>
      platform.query<Row>("select status, attempts from story.jobs where id = any ($1)", [ids]);
    const all = (status: string) => (found: Row[]) => found.every((row) => row.status === status);
    await vi.waitFor(async () => expect(await jobs()).toSatisfy(all("processing")), {
      timeout: 60_000,
      interval: 50,
    });
    expect(await killPart(platform, "gateway", "SIGKILL")).toMatchObject({
      state: "failed",
      reason: "ended by SIGKILL",
    });
    await platform.npm("up", "--detach");
    await vi.waitFor(async () => expect(await jobs()).toSatisfy(all("completed")), {
      timeout: 120_000,
      interval: 100,
    });
    for (const { attempts } of await jobs()) expect(attempts).toBeGreaterThan(1);
  });

  it("of the supervisor itself leaves parts behind that the next up takes over", async () => {
    const workspace = locateWorkspace({ JOBSTACK_DIR: platform.dir });
    process.kill(readLiveState(workspace.run)?.supervisor.pid ?? 0, "SIGKILL");
    await platform.npm("up", "--detach");
    expect(readLiveState(workspace.run)?.parts.every((part) => part.state === "running")).toBe(true);
  });
});

describe("the README", () => {
  it("holds only commands that work", async () => {
    const readme = await readFile(path.join(projectRoot, "README.md"), "utf8");
    const blocks = [...readme.matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block);
    // These two are what brought this test here.
    const commands = blocks.filter((block) => !["npm run up\n", "npm test\n"].includes(block));
    expect(commands.length).toBeGreaterThan(2);
    const curl = 'command -v curl > /dev/null || curl() { node --import tsx test/support/curl.ts "$@"; }\n';
    const script = curl + commands.join("").replaceAll(".jobstack/env", path.join(platform.dir, "env"));
    await execa("bash", ["-euo", "pipefail", "-c", script], { cwd: projectRoot, env: platform.env });
  });
});

describe("secrets", () => {
  it("stand in no log of the platform", async () => {
    const { cronSecret, apiKeyEncryptionKey, accessToken } = platform.file();
    const logs = path.join(platform.dir, "logs");
    const secrets = Object.entries({ cronSecret, apiKeyEncryptionKey, accessToken, key: "a-users-own-key" });
    for (const log of readdirSync(logs)) {
      const text = await readFile(path.join(logs, log), "utf8");
      const found = secrets.filter(([, secret]) => text.includes(secret)).map(([name]) => name);
      expect({ log, found }).toEqual({ log, found: [] });
    }
  });
});
