import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openPool } from "../../../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../../../test/support/test-cluster.ts";
import { Database } from "../postgres/database.ts";
import * as jobstack from "../sdk.ts";
import { installStops, stopAt } from "../testing/change-stops.ts";
import { ProviderClient, urnOf } from "../testing/provider-client.ts";
import { TestStack } from "../testing/pulumi-stack.ts";

const REFUSED = "the deployment was cancelled before this was changed; deploy again to go on";

let cluster: TestCluster;
let admin: pg.Pool;

beforeAll(async () => {
  cluster = await createTestCluster();
  admin = openPool(cluster.adminUrl);
  await installStops(cluster.url, admin);
});
afterAll(async () => {
  await admin.end();
  await cluster.stop();
});

async function jobs(): Promise<string[]> {
  const { rows } = await admin.query<{ jobname: string }>("select jobname from cron.job order by jobname");
  return rows.map(({ jobname }) => jobname);
}

describe("a cancelled provider", () => {
  let client: ProviderClient;
  beforeEach(async () => {
    client = await ProviderClient.start({
      databaseUrl: cluster.url,
      lockTimeout: "2min",
      statementTimeout: "2min",
    });
  });
  afterEach(async () => {
    await client.stop();
    await admin.query("select cron.unschedule(jobid) from cron.job");
    await admin.query("delete from jobstack_provider.resource");
  });

  const create = async (name: string) => {
    const { inputs } = await client.check("CronJob", { name, schedule: "@hourly", command: "select 1" });
    return await client.create("CronJob", inputs, { urn: `${urnOf("CronJob")}-${name}` });
  };
  const outcome = (work: Promise<unknown>) =>
    work.then(
      () => "done",
      (error: Error) => error.message,
    );

  it("ends the change under way, and refuses those that wait behind it at once", async () => {
    const stop = await stopAt(admin, "CronJob first", "making");
    const first = create("first");
    await stop.reached();
    const waiting = Promise.all([outcome(create("second")), outcome(create("third"))]);
    await client.cancel();
    expect(await waiting).toEqual([REFUSED, REFUSED]);
    await stop.release();
    expect(await outcome(first)).toBe("done");
    expect(await jobs()).toEqual(["first"]);
  });

  it("waits no more for another deployment", async () => {
    const other = new Database({ databaseUrl: cluster.url, lockTimeout: "1s", statementTimeout: "2min" });
    await other.change(async () => {
      const waiting = outcome(create("first"));
      await expect.poll(waitingForTurn, { timeout: 30_000 }).toBe(1);
      await client.cancel();
      expect(await waiting).toBe(REFUSED);
    });
    await other.close();
    await expect.poll(waitingForTurn, { timeout: 30_000 }).toBe(0);
    expect(await jobs()).toEqual([]);
  });

  it("tries no more for a lock", async () => {
    await admin.query("create table public.busy (id int); alter table public.busy owner to postgres");
    const blocker = await admin.connect();
    await blocker.query("begin; lock table public.busy");
    const impatient = await ProviderClient.start({ databaseUrl: cluster.url, lockTimeout: "10ms" });
    const files = [{ name: "1.sql", sql: "alter table public.busy add column note text" }];
    const { inputs } = await impatient.check("Migration", { name: "busy", files });
    const waiting = outcome(impatient.create("Migration", inputs));
    await expect.poll(async () => (await admin.query(CLAIMED)).rowCount, { timeout: 30_000 }).toBe(1);
    await impatient.cancel();
    expect(await waiting).toBe(REFUSED);
    await blocker.query("rollback");
    blocker.release();
    await impatient.stop();
  });

  it("waits no more for the Management API to take requests again", async () => {
    const api = createServer((_request, response) =>
      response.writeHead(429, { "retry-after": "60" }).end("{}"),
    );
    const asked = once(api, "request");
    await once(api.listen(0, "127.0.0.1"), "listening");
    const { port } = api.address() as AddressInfo;
    await client.configure({
      databaseUrl: cluster.url,
      apiUrl: `http://127.0.0.1:${port}`,
      projectRef: "a".repeat(20),
      accessToken: "token",
    });
    const { inputs } = await client.check("FunctionSecret", { name: "KEY", value: "value" });
    const waiting = outcome(client.create("FunctionSecret", inputs));
    await asked;
    await client.cancel();
    expect(await waiting).toBe(REFUSED);
    api.close();
  });
});

async function waitingForTurn(): Promise<number | null> {
  const { rowCount } = await admin.query(
    "select from pg_catalog.pg_locks where locktype = 'advisory' and objid = 1785684595 and not granted",
  );
  return rowCount;
}

const CLAIMED = "select from jobstack_provider.resource where kind = 'Migration' and id = 'busy'";

describe("Ctrl-C", () => {
  it("leaves what was under way done and in state, begins nothing more, and needs no repair", async () => {
    const stack = await TestStack.create(async () => {
      const provider = new jobstack.Provider("project", { databaseUrl: cluster.url, lockTimeout: "2min" });
      const job = (name: string, options: { dependsOn?: jobstack.CronJob } = {}) =>
        new jobstack.CronJob(
          name,
          { name, schedule: "@hourly", command: "select 1" },
          { provider, ...options },
        );
      job("second", { dependsOn: job("first") });
    });
    const stop = await stopAt(admin, "CronJob first", "making");
    const up = stack.startUp();
    await stop.reached();
    up.interrupt();
    await expect.poll(() => stack.output, { timeout: 30_000 }).toContain("^C received; cancelling");
    await stop.release();
    expect((await up.ended).failed).toBe(true);
    expect(await jobs()).toEqual(["first"]);

    const next = await stack.up();
    expect(next.map(({ op, resource }) => `${op} ${resource}`)).toEqual(["create CronJob second"]);
    expect(stack.output).not.toContain("pending operations");
    expect(await stack.preview()).toEqual([]);
    stack.delete();
  });
});
