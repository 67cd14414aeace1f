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

const VALUE = "canary-value-3a1f9c";
const PASSWORD = "canary-password-77b0de";

const root = mkdtempSync(path.join(tmpdir(), "jobstack-engine-"));
mkdirSync(path.join(root, "functions/hello"), { recursive: true });
writeFileSync(path.join(root, "functions/hello/index.ts"), "Deno.serve(() => new Response('hello'));");

let cluster: TestCluster;
let gateway: TestGateway;
let database: pg.Pool;
let stack: TestStack;

beforeAll(async () => {
  cluster = await createTestCluster({ log_statement: "ddl", log_min_duration_statement: "-1" });
  gateway = await startTestGateway({ databaseUrl: cluster.url });
  database = openPool(cluster.url);
  await database.query("select cron.schedule('old', '@daily', 'select 0')");
  stack = await TestStack.create(program);
});
afterAll(async () => {
  stack.delete();
  rmSync(root, { recursive: true });
  await database.end();
  await gateway.close();
  await cluster.stop();
});

async function program(): Promise<void> {
  const provider = new jobstack.Provider("project", {
    databaseUrl: cluster.url,
    projectRef,
    accessToken,
    apiUrl: gateway.url,
  });
  const schema = new jobstack.Schema("work", { name: "work" }, { provider });
  const tables = new jobstack.Migration(
    "tables",
    { name: "work", files: [{ name: "001.sql", sql: "create table work.job (id int);" }] },
    { provider, dependsOn: schema },
  );
  const definition =
    "create or replace function work.noop() returns trigger language plpgsql as $$ begin return null; end $$";
  const noop = new jobstack.SqlFunction(
    "noop",
    { schema: "work", name: "noop", definition },
    { provider, dependsOn: schema },
  );
  new jobstack.Trigger(
    "on-insert",
    {
      schema: "work",
      table: "job",
      name: "on_insert",
      definition: "create trigger on_insert after insert on work.job execute function work.noop()",
    },
    { provider, dependsOn: [tables, noop] },
  );
  new jobstack.CronJob("tick", { name: "tick", schedule: "*/5 * * * *", command: "select 1" }, { provider });
  new jobstack.CronJob(
    "old",
    { name: "old", schedule: "@daily", command: "select 0" },
    { provider, import: "old" },
  );
  new jobstack.VaultSecret("vault", { name: "KEY", value: VALUE }, { provider });
  new jobstack.FunctionSecret("env", { name: "KEY", value: VALUE }, { provider });
  new jobstack.Role(
    "reader",
    {
      name: "reader",
      login: true,
      password: PASSWORD,
      grants: [{ on: "table", name: "work.job", privileges: ["select"] }],
    },
    { provider, dependsOn: tables },
  );
  new jobstack.EdgeFunction(
    "hello",
    { slug: "hello", root, entrypoint: "functions/hello/index.ts", verifyJwt: true },
    { provider },
  );
}

describe("the provider under the real engine", () => {
  it("deploys everything once, and then finds nothing to do", async () => {
    const steps = await stack.up();
    expect(steps.map(({ op, resource }) => `${op} ${resource}`)).toEqual([
      "import CronJob old",
      "create CronJob tick",
      "create EdgeFunction hello",
      "create FunctionSecret env",
      "create Migration tables",
      "create Role reader",
      "create Schema work",
      "create SqlFunction noop",
      "create Trigger on-insert",
      "create VaultSecret vault",
    ]);
    expect(await stack.preview()).toEqual([]);
  });

  it("shows in a plain preview exactly what was changed behind its back, and repairs it", async () => {
    await database.query(
      "select cron.alter_job(jobid, schedule := '0 0 * * *') from cron.job where jobname = 'tick'",
    );
    await database.query("alter table work.job disable trigger on_insert");
    await database.query("select vault.update_secret(id, 'other') from vault.secrets where name = 'KEY'");
    await database.query("revoke select on work.job from reader");
    await gateway.api("/secrets", { method: "POST", body: [{ name: "KEY", value: "other" }] });
    await gateway.api("/functions/hello", { method: "DELETE" });

    const drift = [
      { op: "update", resource: "CronJob tick", diff: ["drift.schedule", "schedule"] },
      { op: "create", resource: "EdgeFunction hello", diff: [] },
      { op: "update", resource: "FunctionSecret env", diff: ["drift.digest"] },
      {
        op: "update",
        resource: "Role reader",
        diff: ['drift.grants["table work.job"]', "grants[0].privileges[0]"],
      },
      { op: "update", resource: "Trigger on-insert", diff: ["drift.firing", "enabled"] },
      { op: "update", resource: "VaultSecret vault", diff: ["drift.digest"] },
    ];
    expect(await stack.preview()).toEqual(drift);
    expect(stack.output).toContain('~ schedule: "0 0 * * *" => "*/5 * * * *"');
    expect(stack.output).toMatch(/next due: \d{4}-\d\d-\d\d \d\d:\d\d, .* \(GMT\)/);
    expect(stack.output).toContain('changed outside of Pulumi from \\"*/5 * * * *\\" to \\"0 0 * * *\\"');
    expect(await stack.up()).toEqual(drift);
    expect(await stack.preview()).toEqual([]);
    const { rows } = await database.query(
      "select decrypted_secret from vault.decrypted_secrets where name = 'KEY'",
    );
    expect(rows).toEqual([{ decrypted_secret: VALUE }]);
  });

  it("removes what it made, and keeps tables", async () => {
    await stack.destroy();
    const { rows } = await database.query(`
      select (select count(*)::int from cron.job) as jobs,
             (select count(*)::int from vault.secrets) as secrets,
             (select count(*)::int from pg_catalog.pg_roles where rolname = 'reader') as roles,
             (select count(*)::int from pg_catalog.pg_trigger where tgname = 'on_insert') as triggers,
             (select count(*)::int from jobstack_provider.resource) as claims,
             pg_catalog.to_regclass('work.job') is not null as "tableKept"
    `);
    expect(rows).toEqual([{ jobs: 0, secrets: 0, roles: 0, triggers: 0, claims: 0, tableKept: true }]);
    expect(stack.output).toContain('schema "work" is kept, because it still holds table work.job');
  });

  it("lets no secret into output, state, the backend's files or the server's log", async () => {
    const backend = readdirSync(stack.directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "utf8"));
    expect(backend.length).toBeGreaterThan(1);
    const texts = {
      output: stack.output,
      backend: backend.join("\n"),
      server: readFileSync(cluster.cluster.logFile, "utf8"),
    };
    expect(texts.server).toContain('create role "reader"');
    expect(texts.server).not.toContain("SCRAM-SHA-256");
    const findings = Object.entries(texts).flatMap(([place, text]) =>
      [VALUE, PASSWORD, accessToken, cluster.url]
        .filter((secret) => text.includes(secret))
        .map((secret) => ({ place, secret })),
    );
    expect(findings).toEqual([]);
    // Pulumi's SDK writes the outputs of each resource, and a provider's are its settings, into the debug log.
    expect([VALUE, PASSWORD].filter((secret) => stack.debugOutput.includes(secret))).toEqual([]);
  });
});
