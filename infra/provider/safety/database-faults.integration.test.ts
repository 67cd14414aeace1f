import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openPool } from "../../../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../../../test/support/test-cluster.ts";
import * as jobstack from "../sdk.ts";
import { installStops, type Phase, stopAt } from "../testing/change-stops.ts";
import { type PlainInputs, ProviderClient, type ResourceState, urnOf } from "../testing/provider-client.ts";
import { TestStack } from "../testing/pulumi-stack.ts";

let cluster: TestCluster;
let admin: pg.Pool;
let client: ProviderClient;

beforeAll(async () => {
  cluster = await createTestCluster();
  admin = openPool(cluster.adminUrl);
  // Cut by the test itself.
  admin.on("error", () => {});
  await installStops(cluster.url, admin);
  client = await ProviderClient.start(config());
});
afterAll(async () => {
  await client.stop();
  await admin.end();
  await cluster.stop();
});
beforeEach(reconnect);
afterEach(async () => {
  await admin.query("select cron.unschedule(jobid) from cron.job");
  await admin.query("delete from jobstack_provider.resource");
});

function config(user = "postgres"): PlainInputs {
  const url = new URL(cluster.url);
  url.username = user;
  return { databaseUrl: url.href, lockTimeout: "1min", statementTimeout: "1min" };
}

async function cutConnections(): Promise<void> {
  await admin.query(`
    select pg_catalog.pg_terminate_backend(pid, 10000) from pg_catalog.pg_stat_activity
     where application_name = 'jobstack provider'
  `);
}

/** What changed for our role holds for new connections only. */
async function reconnect(): Promise<void> {
  await cutConnections();
  await client.configure(config());
}

async function create(kind: string, inputs: PlainInputs): Promise<ResourceState> {
  const checked = await client.check(kind, inputs);
  expect(checked.failures).toEqual({});
  return await client.create(kind, checked.inputs, { urn: `${urnOf(kind)}-${inputs.name}` });
}

const job = (name = "tick") => create("CronJob", { name, schedule: "@hourly", command: "select 1" });
const messageOf = async (work: Promise<unknown>) =>
  await work.then(
    () => "done",
    (error: Error) => error.message,
  );

/** Jobs and claims, which must always be the same. */
async function made(): Promise<unknown> {
  const { rows } = await admin.query(`
    select array(select jobname::text from cron.job order by 1) as jobs,
           array(select id from jobstack_provider.resource where kind = 'CronJob' order by 1) as claims
  `);
  return rows[0];
}

const NOTHING = { jobs: [], claims: [] };
const TICK = { jobs: ["tick"], claims: ["tick"] };

describe("a change during which", () => {
  for (const phase of ["making", "committing"] satisfies Phase[]) {
    it(`the connection is cut while ${phase} is undone, and succeeds the next time`, async () => {
      const stop = await stopAt(admin, "CronJob tick", phase);
      const change = messageOf(job());
      await stop.reached();
      await cutConnections();
      expect(await change).toBe(
        'cron job "tick": terminating connection due to administrator command [SQLSTATE 57P01]; the server cut the connection, and what was under way in it is undone; deploy again when it is back',
      );
      await stop.release();
      expect(await made()).toEqual(NOTHING);
      await job();
      expect(await made()).toEqual(TICK);
    });
  }

  it("a statement takes too long is undone, and says which limit it was", async () => {
    await client.configure({ ...config(), statementTimeout: "100ms" });
    const files = [{ name: "1.sql", sql: "create table public.half (id int); select pg_sleep(600)" }];
    expect(await messageOf(create("Migration", { name: "slow", files }))).toBe(
      'migration "slow", file "1.sql": canceling statement due to statement timeout [SQLSTATE 57014]; the statement took longer than statementTimeout; raise it, or make the change smaller',
    );
    const { rows } = await admin.query("select pg_catalog.to_regclass('public.half') as half");
    expect(rows).toEqual([{ half: null }]);
  });
});

describe("a database that", () => {
  it("takes reads only is read, and its refusal of a change is explained", async () => {
    const state = await job();
    await admin.query("alter role postgres set default_transaction_read_only = on");
    try {
      await reconnect();
      expect(await client.read("CronJob", "tick", state)).toEqual(state);
      expect(await messageOf(job("other"))).toBe(
        `cron job "other": cannot execute INSERT in a read-only transaction [SQLSTATE 25006]; the database takes no changes now: a replica never does, and Supabase's do not while the disk is nearly full; make room, or connect to the primary`,
      );
    } finally {
      await admin.query("alter role postgres reset default_transaction_read_only");
    }
    expect(await made()).toEqual(TICK);
  });

  it("has only one connection for us serves all requests with it", async () => {
    const state = await job();
    await admin.query("alter role postgres connection limit 1");
    try {
      await reconnect();
      const reads = Array.from({ length: 8 }, () => client.read("CronJob", "tick", state));
      await Promise.all([...reads, job("first"), job("second")]);
    } finally {
      await admin.query("alter role postgres connection limit -1");
    }
    expect(await made()).toEqual({ jobs: ["first", "second", "tick"], claims: ["first", "second", "tick"] });
  });

  it("has no connection left is asked again for a while, and then the error says so", async () => {
    await admin.query("alter role postgres connection limit 0");
    try {
      await reconnect();
      expect(await messageOf(job())).toBe(
        'cron job "tick": too many connections for role "postgres" [SQLSTATE 53300]; the server has no connection left; close idle ones or raise max_connections',
      );
    } finally {
      await admin.query("alter role postgres connection limit -1");
    }
    await job();
    expect(await made()).toEqual(TICK);
  });

  it("does not allow our role what it needs says which privilege is missing", async () => {
    await admin.query("create role visitor login password 'postgres'");
    await client.configure(config("visitor"));
    expect(await messageOf(job())).toBe(
      'cron job "tick": permission denied for schema jobstack_provider [SQLSTATE 42501]; grant that privilege to the role of databaseUrl, or deploy as the owner of the object',
    );
    await client.configure(config());
    expect(await made()).toEqual(NOTHING);
  });
});

describe("an up during which the server crashes", { timeout: 240_000 }, () => {
  it("fails with what to do, and the next one finds everything as it was", async () => {
    const stack = await TestStack.create(async () => {
      const provider = new jobstack.Provider("project", {
        databaseUrl: cluster.url,
        lockTimeout: "1min",
        statementTimeout: "1min",
      });
      for (const name of ["tick", "tock"]) {
        new jobstack.CronJob(name, { name, schedule: "@hourly", command: "select 1" }, { provider });
      }
    });
    const stop = await stopAt(admin, "CronJob tick", "making");
    const up = stack.startUp();
    await Promise.race([stop.reached(), up.ended.then(({ output }) => expect.fail(output))]);
    const { pid } = cluster.cluster.status();
    process.kill(pid ?? 0, "SIGQUIT");
    await cluster.cluster.exited;
    const { failed, output } = await up.ended;
    expect(failed).toBe(true);
    expect(output).toMatch(/cron job \\"tick\\": .*(undone; deploy again|check that the server runs)/);
    await stop.release().catch(() => {});

    await cluster.cluster.start();
    const before = (await made()) as { jobs: string[]; claims: string[] };
    expect(before.jobs).toEqual(before.claims);
    expect(before.jobs).not.toContain("tick");
    await stack.up();
    expect(await made()).toEqual({ jobs: ["tick", "tock"], claims: ["tick", "tock"] });
    expect(await stack.preview()).toEqual([]);
    stack.delete();
  });
});
