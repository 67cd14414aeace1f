import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { buildUpstream } from "../../infra/local/upstream/server.ts";
import { installStory } from "../../sql/story/testing/install-story.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/test-database.ts";
import { alice, bob } from "../../test/support/users.ts";
import { type DenoFunction, denoBinary, startDenoFunction } from "./_shared/testing/deno-function.ts";
import { userToken } from "./_shared/testing/user-token.ts";

const secret = "the-cron-secret";
const usersKey = "AIza-a-users-own-key-0123456789";

let database: TestDatabase;
let generator: FastifyInstance;
let functions: Record<"creator" | "status" | "worker", DenoFunction>;

beforeAll(async () => {
  database = await createTestDatabase();
  await installStory(database.pool);
  generator = buildUpstream();
  const base = { SUPABASE_DB_URL: database.url, CRON_SECRET: secret };
  const gemini = { GEMINI_BASE_URL: await generator.listen({ host: "127.0.0.1", port: 0 }) };
  const [creator, status, worker] = await Promise.all([
    startDenoFunction("job-creator", base),
    startDenoFunction("job-status", base),
    startDenoFunction("job-worker", { ...base, ...gemini }),
  ]);
  functions = { creator, status, worker };
});

afterAll(async () => {
  await Promise.all(Object.values(functions).map((each) => each.stop()));
  await generator.close();
  await database.drop();
});

const token = (user: string) => userToken({ sub: user, role: "authenticated" });

async function order(geminiApiKey = usersKey): Promise<Record<string, unknown>> {
  const response = await fetch(functions.creator.url, {
    method: "POST",
    headers: { authorization: `Bearer ${token(alice)}`, "content-type": "application/json" },
    body: JSON.stringify({
      job_type: "story_generation",
      parameters: { topic: "A test story", level: "N5", instructions: "", length: "short", geminiApiKey },
    }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

async function statusOf(id: unknown, user = alice): Promise<{ http: number; job: Record<string, unknown> }> {
  const response = await fetch(`${functions.status.url}?job_id=${id}`, {
    headers: { authorization: `Bearer ${token(user)}` },
  });
  return { http: response.status, job: (await response.json()) as Record<string, unknown> };
}

function wake(bearer: string): Promise<Response> {
  return fetch(functions.worker.url, { method: "POST", headers: { authorization: `Bearer ${bearer}` } });
}

async function untilStatus(id: unknown, status: string): Promise<Record<string, unknown>> {
  return vi.waitFor(
    async () => {
      const { job } = await statusOf(id);
      expect(job.status).toBe(status);
      return job;
    },
    { timeout: 30_000, interval: 50 },
  );
}

describe("the functions on Deno", () => {
  it("type-check", async () => {
    const entries = readdirSync(import.meta.dirname)
      .map((slug) => path.join(import.meta.dirname, slug, "index.ts"))
      .filter((file) => existsSync(file));
    const result = await execa(denoBinary(), ["check", "--no-lock", "--node-modules-dir=none", ...entries], {
      reject: false,
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    });
    expect(result.exitCode, result.stderr).toBe(0);
  });

  it("create a job, work on it once woken and show its result", async () => {
    const created = await order();
    expect(created).toEqual({
      success: true,
      job_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: "pending",
      estimated_completion_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      message: "Job queued successfully",
    });
    const woken = await wake(secret);
    expect([woken.status, await woken.json()]).toEqual([
      202,
      expect.objectContaining({ accepted: true, queue: "story" }),
    ]);
    const job = await untilStatus(created.job_id, "completed");
    expect(job).toMatchObject({
      id: created.job_id,
      job_type: "story_generation",
      attempts: 1,
      error: null,
      result: { title: expect.any(String), story: expect.any(String) },
    });
    expect(Object.keys(job)).not.toContain("parameters");
    expect(functions.worker.output()).toContain(`Processing job ${created.job_id} of type story_generation`);
    expect(functions.worker.output()).toMatch(new RegExp(`Job ${created.job_id} completed in \\d+ms`));
  });

  it("accept the token that the database signs", async () => {
    const sql = "select jobstack.sign_wake('story', $1, jobstack.now()) as token";
    const { rows } = await database.pool.query(sql, [secret]);
    expect((await wake(rows[0]?.token)).status).toBe(202);
  });

  it("wake nobody for a caller without the secret", async () => {
    const response = await wake("wrong");
    expect([response.status, await response.json()]).toEqual([401, { error: "unauthorized" }]);
  });

  it("fail a job with the generator's own reason when its key is refused", async () => {
    const created = await order("invalid-key");
    await wake(secret);
    const job = await untilStatus(created.job_id, "failed");
    expect(job).toMatchObject({
      attempts: 1,
      result: null,
      error: "Gemini answered 400: API key not valid. Please pass a valid API key.",
    });
  });

  it("hide a job from other users", async () => {
    const created = await order();
    expect(await statusOf(created.job_id, bob)).toEqual({ http: 404, job: { error: "job not found" } });
  });

  it("write no key into rows or logs", async () => {
    const { rows } = await database.pool.query("select to_jsonb(j)::text as row from story.jobs j");
    const written = [JSON.stringify(rows), ...Object.values(functions).map((each) => each.output())].join(
      "\n",
    );
    for (const value of [usersKey, "invalid-key", secret]) expect(written).not.toContain(value);
  });
});
