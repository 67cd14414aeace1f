import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool } from "../../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../../test/support/test-cluster.ts";
import {
  accessToken,
  projectRef,
  startTestGateway,
  type TestGateway,
} from "../local/gateway/testing/test-gateway.ts";
import * as jobstack from "./sdk.ts";
import { TestStack } from "./testing/pulumi-stack.ts";

const KEY = "canary-hand-made-key-6d1e";
const URL = "https://example.com/functions/v1/process-queue";

/** As somebody made it in an SQL editor and a dashboard. */
const HAND_MADE = `
  create table public.queue (id int primary key, status text);
  insert into storage.buckets (id, name, public) values ('exports', 'exports', true);
  alter publication supabase_realtime add table public.queue;
  create trigger "process-queue-webhook" after insert on public.queue for each row
    execute function supabase_functions.http_request(
      '${URL}', 'POST', '{"Content-type":"application/json","Authorization":"Bearer ${KEY}"}', '{}', '1000'
    );
`;

const root = mkdtempSync(path.join(tmpdir(), "jobstack-take-over-"));
const entrypoint = "supabase/functions/process-queue/index.ts";
const code = "Deno.serve(() => new Response('done'));";
mkdirSync(path.dirname(path.join(root, entrypoint)), { recursive: true });
writeFileSync(path.join(root, entrypoint), code);

let cluster: TestCluster;
let gateway: TestGateway;
let database: pg.Pool;
let stack: TestStack;

beforeAll(async () => {
  cluster = await createTestCluster();
  gateway = await startTestGateway({ databaseUrl: cluster.url });
  database = openPool(cluster.url);
  const admin = openPool(cluster.adminUrl);
  await admin.query(`
    create extension pg_net with schema extensions;
    create schema supabase_functions;
    grant usage on schema supabase_functions to postgres;
    create function supabase_functions.http_request() returns trigger language plpgsql security definer
      set search_path = '' as $$ begin return new; end $$;
  `);
  await admin.end();
  await database.query(HAND_MADE);
  await database.query("select vault.create_secret($1, 'QUEUE_KEY')", [KEY]);
  await gateway.api("/secrets", { method: "POST", body: [{ name: "QUEUE_KEY", value: KEY }] });
  await gateway.deploy("process-queue", code);
  stack = await TestStack.create(program);
  await stack.configure({ databaseUrl: cluster.url, projectRef, accessToken, apiUrl: gateway.url });
});
afterAll(async () => {
  stack.delete();
  rmSync(root, { recursive: true });
  await database.end();
  await gateway.close();
  await cluster.stop();
});

async function program(): Promise<void> {
  const key = new jobstack.Secret("key", { name: "QUEUE_KEY", value: KEY });
  new jobstack.EdgeFunction("process", { slug: "process-queue", root, entrypoint, verifyJwt: false });
  new jobstack.StorageBucket("exports", { name: "exports", public: true });
  new jobstack.PublicationTable("queue", { schema: "public", table: "queue" });
  new jobstack.DatabaseWebhook(
    "process-queue",
    {
      schema: "public",
      table: "queue",
      name: "process-queue-webhook",
      events: ["INSERT"],
      url: URL,
      secretHeaders: { Authorization: { secret: "QUEUE_KEY", prefix: "Bearer " } },
    },
    { dependsOn: key },
  );
}

// Several runs of the engine in one test.
describe("what somebody made by hand", { timeout: 240_000 }, () => {
  it("is imported by the plain CLI, and a preview shows what the program will change of it", async () => {
    await stack.import("Secret", "key", "QUEUE_KEY");
    await stack.import("EdgeFunction", "process", "process-queue");
    await stack.import("StorageBucket", "exports", "exports");
    await stack.import("PublicationTable", "queue", "public.queue.supabase_realtime");
    await stack.import("DatabaseWebhook", "process-queue", "public.queue.process-queue-webhook");
    expect(await stack.preview()).toEqual([
      {
        op: "update",
        resource: "DatabaseWebhook process-queue",
        diff: ["function", "headers", "secretHeaders", "timeoutMs"],
      },
      // The secret, the function with its code, the bucket and the table are as the program says.
    ]);
  });

  it("is taken over in place, after which there is nothing to do", async () => {
    await stack.up();
    expect(await stack.preview()).toEqual([]);
    expect(await (await gateway.api("/functions/process-queue")).json()).toMatchObject({ version: 1 });
    const { rows } = await database.query(
      `select tgname, tgfoid::regproc::text as calls from pg_trigger where tgrelid = 'public.queue'::regclass`,
    );
    expect(rows).toEqual([{ tgname: "process-queue-webhook", calls: '"queue_process-queue-webhook"' }]);
    await database.query("insert into public.queue values (1, 'pending')");
    const queued = await database.query("select headers from net.http_request_queue");
    expect(queued.rows).toEqual([
      { headers: { "Content-Type": "application/json", Authorization: `Bearer ${KEY}` } },
    ]);
  });

  it("shows in a plain preview when somebody changes it by hand again", async () => {
    await database.query(`
      alter publication supabase_realtime drop table public.queue;
      update storage.buckets set public = false;
      alter table public.queue disable trigger "process-queue-webhook";
      select vault.update_secret(id, 'other') from vault.secrets where name = 'QUEUE_KEY';
    `);
    await gateway.deploy("process-queue", "Deno.serve(() => new Response('mine'));");
    const drift = [
      { op: "update", resource: "DatabaseWebhook process-queue", diff: ["drift.firing", "enabled"] },
      { op: "update", resource: "EdgeFunction process", diff: ["drift.codeSha256", "drift.version"] },
      { op: "create", resource: "PublicationTable queue", diff: [] },
      { op: "update", resource: "Secret key", diff: ["drift.vaultDigest"] },
      { op: "update", resource: "StorageBucket exports", diff: ["drift.public", "public"] },
    ];
    expect(await stack.preview()).toEqual(drift);
    expect(await stack.up()).toEqual(drift);
    expect(await stack.preview()).toEqual([]);
  });

  it("gives its keys away neither to the output nor to the state", () => {
    const state = readdirSync(stack.directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "utf8"));
    expect(state.join()).toContain("process-queue-webhook");
    expect([stack.output, ...state].filter((text) => text.includes(KEY))).toEqual([]);
  });
});
