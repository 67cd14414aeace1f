import type { FastifyInstance } from "fastify";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openPool } from "../test/support/open-pool.ts";
import { demoUserToken } from "./local/demo-user.ts";
import { buildUpstream } from "./local/upstream/server.ts";
import type { TestStack } from "./provider/testing/pulumi-stack.ts";
import { secretsOf, startTestProject, type TestProject } from "./testing/deployed-environment.ts";

let project: TestProject;
let generator: FastifyInstance;
let database: pg.Pool;
let production: TestStack;
let staging: TestStack;

beforeAll(async () => {
  project = await startTestProject();
  generator = buildUpstream();
  const generatorUrl = await generator.listen({ host: "127.0.0.1", port: 0 });
  database = openPool(project.cluster.url);
  // The owner's system stands in the schema that is everybody's, the guest's in one of its own.
  const story = JSON.stringify({ generatorUrl, schema: "public" });
  production = await project.openStack("production", { story, exporterPassword: "exporter" });
  staging = await project.openStack("staging", {
    story: JSON.stringify({ generatorUrl }),
    guestOf: "production",
  });
});
afterAll(async () => {
  await database.end();
  await generator.close();
  await project.stop();
});

async function order(functionName: string): Promise<string> {
  const response = await project.gateway.call(functionName, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await demoUserToken()}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({
      job_type: "story_generation",
      parameters: { topic: "Rain", level: "N5", length: "short", geminiApiKey: "any-key" },
    }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  expect(answer).toMatchObject({ success: true });
  return String(answer.job_id);
}

function wake(functionName: string, secret: string): Promise<Response> {
  return project.gateway.call(functionName, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}` },
  });
}

async function statuses(schema: string): Promise<Record<string, string>> {
  const { rows } = await database.query<{ id: string; status: string }>(
    `select id, status from ${schema}.jobs`,
  );
  return Object.fromEntries(rows.map(({ id, status }) => [id, status]));
}

async function count(sql: string): Promise<number> {
  return (await database.query<{ n: number }>(`select count(*)::int as n from ${sql}`)).rows[0]?.n ?? -1;
}

describe("two environments in one database and one project", { timeout: 300_000 }, () => {
  it("refuses a guest in the preview while nobody has deployed the queue core", async () => {
    await expect(staging.preview()).rejects.toThrow();
    expect(staging.output).toContain("the queue core is not in this database");
    expect(await count("pg_namespace where nspname like 'story%'")).toBe(0);
  });

  it("deploys both, after which neither has anything to do", async () => {
    await production.up();
    const steps = await staging.up();
    expect(steps.map(({ op }) => op)).toEqual(steps.map(() => "create"));
    expect(await staging.preview()).toEqual([]);
    expect(await production.preview()).toEqual([]);
    expect(await count("pg_namespace where nspname = 'story'")).toBe(0);
  });

  it("opens to users no more of a system in public than of one in a schema of its own", async () => {
    const { rows } = await database.query(
      `select n.nspname as schema, count(*) filter (where has_table_privilege(r.role, c.oid, 'update, delete'))::int as tables,
         (select array_agg(distinct p.proname::text order by p.proname::text) from pg_proc p
          where p.pronamespace = n.oid and has_function_privilege('authenticated', p.oid, 'execute')) as functions
       from pg_namespace n
       join pg_class c on c.relnamespace = n.oid and c.relkind = 'r'
       cross join unnest('{anon,authenticated}'::text[]) r (role)
       where n.nspname in ('public', 'story_staging') group by n.oid, n.nspname order by 1`,
    );
    const functions = ["trigger_all_pending_jobs"];
    expect(rows).toEqual([
      { schema: "public", tables: 0, functions },
      { schema: "story_staging", tables: 0, functions },
    ]);
  });

  it("names the guest's objects after their environment and the owner's as they stand in the program", async () => {
    const names = async (sql: string) => (await database.query(sql)).rows.map(({ name }) => name);
    expect(await names("select jobname as name from cron.job order by 1")).toEqual([
      "job-worker-poll",
      "job-worker-poll-staging",
      "jobstack-tick",
    ]);
    expect(await names("select name from jobstack.queue order by 1")).toEqual(["story", "story-staging"]);
    expect(await names("select name from vault.secrets order by 1")).toEqual([
      "CRON_SECRET",
      "CRON_SECRET_STAGING",
      "STORY_API_KEY_ENCRYPTION_KEY",
      "STORY_API_KEY_ENCRYPTION_KEY_STAGING",
    ]);
    const slugs = (await (await project.gateway.api("/functions")).json()) as { slug: string }[];
    expect(slugs.map(({ slug }) => slug).sort()).toEqual([
      "job-creator",
      "job-creator-staging",
      "job-status",
      "job-status-staging",
      "job-worker",
      "job-worker-staging",
    ]);
  });

  it("works on each environment's jobs with its own functions, queue and secret", async () => {
    const [theirs, ours] = [await order("job-creator"), await order("job-creator-staging")];
    expect(await statuses("public")).toEqual({ [theirs]: "pending" });
    expect(await statuses("story_staging")).toEqual({ [ours]: "pending" });
    expect((await wake("job-worker-staging", secretsOf("production").cronSecret)).status).toBe(401);
    expect((await wake("job-worker", secretsOf("staging").cronSecret)).status).toBe(401);

    expect((await wake("job-worker-staging", secretsOf("staging").cronSecret)).status).toBe(202);
    await vi.waitFor(
      async () => expect(await statuses("story_staging")).toEqual({ [ours]: "completed" }),
      30_000,
    );
    expect(await statuses("public")).toEqual({ [theirs]: "pending" });

    expect((await wake("job-worker", secretsOf("production").cronSecret)).status).toBe(202);
    await vi.waitFor(async () => expect(await statuses("public")).toEqual({ [theirs]: "completed" }), 30_000);
  });

  it("removes the guest without a trace in the other, and keeps its rows", async () => {
    await staging.destroy();
    expect(await production.preview()).toEqual([]);
    expect(await count("cron.job")).toBe(2);
    expect(await count("jobstack.queue")).toBe(1);
    expect(await count("vault.secrets")).toBe(2);
    expect(await count("story_staging.jobs")).toBe(1);
    expect(staging.output).toContain('schema "story_staging" is kept');
  });

  it("refuses to destroy production, in the preview already", async () => {
    await expect(production.previewDestroy()).rejects.toThrow("protected");
  });
});
