import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool } from "../../../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../../../test/support/test-cluster.ts";
import {
  accessToken,
  projectRef,
  startTestGateway,
  type TestGateway,
} from "../../local/gateway/testing/test-gateway.ts";
import * as jobstack from "../sdk.ts";
import { installStops, type Phase, stopAt } from "../testing/change-stops.ts";
import { type RunningOperation, TestStack } from "../testing/pulumi-stack.ts";
import { StoppingApi } from "../testing/stopping-api.ts";

let cluster: TestCluster;
let gateway: TestGateway;
let api: StoppingApi;
let admin: pg.Pool;
let stack: TestStack;

beforeAll(async () => {
  cluster = await createTestCluster();
  gateway = await startTestGateway({ databaseUrl: cluster.url });
  api = await StoppingApi.start(gateway.url);
  admin = openPool(cluster.adminUrl);
  await installStops(cluster.url, admin);
  stack = await TestStack.create(program);
  await stack.up();
});
afterAll(async () => {
  stack.delete();
  await admin.end();
  await api.close();
  await gateway.close();
  await cluster.stop();
});

/** Each after the one before it, so that they are destroyed one by one, the last one first. */
async function program(): Promise<void> {
  const provider = new jobstack.Provider("project", {
    databaseUrl: cluster.url,
    projectRef,
    accessToken,
    apiUrl: api.url,
    // The test holds changes as long as it needs to.
    lockTimeout: "5min",
    statementTimeout: "5min",
  });
  const files = [
    { name: "1.sql", sql: "create table public.job (id int); insert into public.job values (1)" },
  ];
  const tables = new jobstack.Migration("tables", { name: "work", files }, { provider });
  const tick = new jobstack.CronJob(
    "tick",
    { name: "tick", schedule: "@hourly", command: "select 1" },
    { provider, dependsOn: tables },
  );
  const grants = [{ on: "table" as const, name: "public.job", privileges: ["select"] }];
  const reader = new jobstack.Role("reader", { name: "reader", grants }, { provider, dependsOn: tick });
  const vault = new jobstack.VaultSecret(
    "vault",
    { name: "KEY", value: "vault-value" },
    { provider, dependsOn: reader },
  );
  new jobstack.FunctionSecret("env", { name: "KEY", value: "env-value" }, { provider, dependsOn: vault });
}

const inDatabase = (place: string, phase: Phase) => () => stopAt(admin, place, phase);
const inApi = (request: string, phase: Phase) => async () => api.stopAt(request, phase);

describe("a destroy that is killed", { timeout: 240_000 }, () => {
  it.each([
    { where: "before a request", stop: inApi("DELETE /secrets", "making"), dying: ["engine"] },
    { where: "before its answer", stop: inApi("DELETE /secrets", "committing"), dying: ["provider"] },
    {
      where: "before the commit",
      stop: inDatabase("VaultSecret KEY", "making"),
      dying: ["engine", "provider"],
    },
    { where: "after the commit", stop: inDatabase("Role reader", "committing"), dying: ["engine"] },
  ] as const)("$where leaves each object with its note or neither ($dying)", async ({ stop, dying }) => {
    const held = await stop();
    const destroy = stack.startDestroy();
    await reached(held, destroy);
    await destroy.processes.kill(...dying);
    await held.release();
    expect((await destroy.ended).failed).toBe(true);
    await sessionsEnd();
    expect(await halfDone()).toEqual([]);
    // An engine that dies cannot give its lock back.
    if (dying.some((victim) => victim === "engine")) await stack.cancel();
  });

  it("by SIGTERM ends what is under way, and gives its lock back", async () => {
    const held = await stopAt(admin, "CronJob tick", "making");
    const destroy = stack.startDestroy();
    await reached(held, destroy);
    destroy.processes.terminateEngine();
    await expect.poll(() => stack.output, { timeout: 30_000 }).toContain("SIGTERM received; cancelling");
    await held.release();
    // The engine does not count this as a failure, and says that all is deleted.
    await destroy.ended;
    expect(await halfDone()).toEqual([]);
    expect(await claims()).toContain("Migration work");
  });

  it("is finished by the next one, which leaves nothing but tables and their rows", async () => {
    const done = await stack.destroy();
    expect(done.map(({ op, resource }) => `${op} ${resource}`)).toEqual(["delete Migration tables"]);
    // The variable was gone before its note, and what is gone the engine does not delete: a note of nothing hinders nobody.
    expect(await claims()).toEqual(["FunctionSecret KEY"]);
    expect(JSON.parse(await stack.state()).deployment.resources ?? []).toEqual([]);
    const { rows } = await admin.query(`
      select (select count(*)::int from cron.job) as jobs,
             (select count(*)::int from vault.secrets) as secrets,
             to_regrole('reader') as role,
             (select count(*)::int from public.job) as rows
    `);
    expect(rows).toEqual([{ jobs: 0, secrets: 0, role: null, rows: 1 }]);
    const variables = (await (await gateway.api("/secrets")).json()) as { name: string }[];
    expect(variables.filter(({ name }) => name === "KEY")).toEqual([]);
  });
});

async function reached(stop: { reached(): Promise<void> }, operation: RunningOperation): Promise<void> {
  await Promise.race([stop.reached(), operation.ended.then(({ output }) => expect.fail(output))]);
}

async function claims(): Promise<string[]> {
  const { rows } = await admin.query<{ claim: string }>(
    "select format('%s %s', kind, id) as claim from jobstack_provider.resource order by 1",
  );
  return rows.map(({ claim }) => claim);
}

/** A killed client's session ends when it has its lock and finds nobody to answer to. */
async function sessionsEnd(): Promise<void> {
  const sessions = async () => {
    const query = "select from pg_catalog.pg_stat_activity where application_name = 'jobstack provider'";
    return (await admin.query(query)).rowCount;
  };
  await expect.poll(sessions, { timeout: 30_000, interval: 20 }).toBe(0);
}

/** Objects without a note or notes without an object; of a variable of the functions the note goes last. */
async function halfDone(): Promise<unknown[]> {
  const { rows } = await admin.query(`
    with object (claim, present) as (values
      ('CronJob tick', exists (select from cron.job where jobname = 'tick')),
      ('Role reader', to_regrole('reader') is not null),
      ('VaultSecret KEY', exists (select from vault.secrets where name = 'KEY'))
    )
    select o.claim, o.present
      from object as o
     where o.present <> exists (
       select from jobstack_provider.resource as r where format('%s %s', r.kind, r.id) = o.claim
     )
  `);
  return rows;
}
