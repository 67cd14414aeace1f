import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool } from "../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../test/support/test-cluster.ts";
import {
  accessToken,
  projectRef,
  startTestGateway,
  type TestGateway,
} from "./local/gateway/testing/test-gateway.ts";
import * as jobstack from "./provider/sdk.ts";
import { TestStack } from "./provider/testing/pulumi-stack.ts";

/** What differs between two revisions of a program, one of each kind. */
const revisions = {
  1: {
    body: "begin return null; end",
    events: "insert",
    schedule: "*/5 * * * *",
    code: "Deno.serve(() => new Response('one'));",
    secret: "the first secret",
    files: ["create table work.job (id int);"],
  },
  2: {
    body: "begin perform 2; return null; end",
    events: "insert or update",
    schedule: "@hourly",
    code: "Deno.serve(() => new Response('two'));",
    secret: "the second secret",
    files: ["create table work.job (id int);", "alter table work.job add column note text;"],
  },
};
type Revision = keyof typeof revisions;

const root = mkdtempSync(path.join(tmpdir(), "jobstack-rollback-"));
mkdirSync(path.join(root, "functions/hello"), { recursive: true });

let cluster: TestCluster;
let gateway: TestGateway;
let database: pg.Pool;
let stack: TestStack;
let revision: Revision = 1;

beforeAll(async () => {
  cluster = await createTestCluster();
  gateway = await startTestGateway({ databaseUrl: cluster.url });
  database = openPool(cluster.url);
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
  const { body, events, schedule, secret, files } = revisions[revision];
  const connection = { databaseUrl: cluster.url, projectRef, accessToken, apiUrl: gateway.url };
  const provider = new jobstack.Provider("project", connection);
  const schema = new jobstack.Schema("work", { name: "work" }, { provider });
  const tables = new jobstack.Migration(
    "work",
    { name: "work", files: files.map((sql, index) => ({ name: `000${index + 1}`, sql })) },
    { provider, dependsOn: schema },
  );
  const definition = `create or replace function work.note() returns trigger language plpgsql as $$ ${body} $$`;
  const note = new jobstack.SqlFunction(
    "note",
    { schema: "work", name: "note", definition },
    { provider, dependsOn: schema },
  );
  new jobstack.Trigger(
    "note",
    {
      schema: "work",
      table: "job",
      name: "note",
      definition: `create or replace trigger note after ${events} on work.job for each row execute function work.note()`,
    },
    { provider, dependsOn: [tables, note] },
  );
  new jobstack.CronJob("tick", { name: "tick", schedule, command: "select 1" }, { provider });
  new jobstack.Secret("KEY", { name: "KEY", value: secret }, { provider });
  new jobstack.EdgeFunction(
    "hello",
    { slug: "hello", root, entrypoint: "functions/hello/index.ts", verifyJwt: false },
    { provider },
  );
}

async function deploy(to: Revision): Promise<string[]> {
  revision = to;
  writeFileSync(path.join(root, "functions/hello/index.ts"), revisions[to].code);
  const steps = await stack.up();
  expect(await stack.preview()).toEqual([]);
  return steps.map(({ op, resource }) => `${op} ${resource}`);
}

/** What is there, in the terms of the revisions. */
async function live() {
  const { rows } = await database.query(`
    select btrim((select prosrc from pg_proc where oid = 'work.note'::regproc)) as body,
           (select substring(pg_get_triggerdef(oid) from 'AFTER (.*) ON') from pg_trigger where tgname = 'note') as events,
           (select schedule from cron.job where jobname = 'tick') as schedule,
           (select decrypted_secret from vault.decrypted_secrets where name = 'KEY') as secret,
           (select count(*)::int from pg_attribute where attrelid = 'work.job'::regclass and attnum > 0) as columns
  `);
  const secrets = (await (await gateway.api("/secrets")).json()) as { name: string; value: string }[];
  const [{ events, ...row }] = rows as [Record<string, string>];
  return {
    ...row,
    events: events?.toLowerCase(),
    answer: await (await gateway.call("hello")).text(),
    functionSecret: secrets.find(({ name }) => name === "KEY")?.value,
  };
}

function expected(of: Revision, columns: number) {
  const { body, events, schedule, secret } = revisions[of];
  const functionSecret = createHash("sha256").update(secret).digest("hex");
  return { body, events, schedule, secret, columns, answer: of === 1 ? "one" : "two", functionSecret };
}

const changes = [
  "CronJob tick",
  "EdgeFunction hello",
  "Migration work",
  "Secret KEY",
  "SqlFunction note",
  "Trigger note",
];

describe("a walk through two revisions, forward and back", { timeout: 300_000 }, () => {
  it("deploys the first", async () => {
    await deploy(1);
    expect(await live()).toEqual(expected(1, 1));
  });

  it("deploys the second", async () => {
    expect(await deploy(2)).toEqual(changes.map((each) => `update ${each}`));
    expect(await live()).toEqual(expected(2, 2));
  });

  it("goes back to the first in all but its tables, which only roll forward", async () => {
    expect(await deploy(1)).toEqual(changes.map((each) => `update ${each}`));
    expect(await live()).toEqual(expected(1, 2));
  });

  it("goes forward again, and applies no file twice", async () => {
    expect(await deploy(2)).toEqual(changes.map((each) => `update ${each}`));
    expect(await live()).toEqual(expected(2, 2));
  });
});
