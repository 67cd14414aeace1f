import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool } from "../../../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../../../test/support/test-cluster.ts";
import { describeContract } from "../contract.ts";
import { ProviderClient } from "../testing/provider-client.ts";
import { useProvider } from "../testing/use-provider.ts";

let cluster: TestCluster;
let admin: pg.Pool;
let user: pg.Pool;

beforeAll(async () => {
  cluster = await createTestCluster();
  user = openPool(cluster.url);
  admin = openPool(cluster.adminUrl);
});
afterAll(async () => {
  await user.end();
  await admin.end();
  await cluster.stop();
});

const alter = (name: string, change: string) =>
  user.query(`select cron.alter_job(jobid, ${change}) from cron.job where jobname = $1`, [name]);

describeContract({
  kind: "CronJob",
  config: () => ({ databaseUrl: cluster.url }),
  inputs: (name) => ({ name, schedule: "*/5 * * * *", command: "select 1" }),
  id: (name) => name,
  changed: (name) => ({ name, every: "1 hour", command: "select 2", active: false, database: "template1" }),
  identity: "name",
  outsideChanges: [
    {
      title: "its schedule was changed",
      make: async (name) => void (await alter(name, "schedule := '0 0 * * *'")),
      facts: ["schedule"],
      inputs: ["schedule"],
    },
    {
      title: "its command was changed",
      make: async (name) => void (await alter(name, "command := 'select 666'")),
      facts: ["command"],
      inputs: ["command"],
    },
    {
      title: "it was paused",
      make: async (name) => void (await alter(name, "active := false")),
      facts: ["active"],
      inputs: ["active"],
    },
    {
      title: "it was moved to another database",
      make: async (name) => void (await alter(name, "database := 'template1'")),
      facts: ["database"],
      inputs: ["database"],
    },
    {
      title: "it was sent to another server",
      make: async (name) =>
        void (await admin.query(
          "update cron.job set nodename = 'elsewhere', nodeport = 1 where jobname = $1",
          [name],
        )),
      facts: ["server"],
    },
  ],
  remove: async (name) => void (await user.query("select cron.unschedule($1)", [name])),
  makeForeign: async (name) =>
    void (await user.query("select cron.schedule($1, '* * * * *', 'select 0')", [name])),
  halfway: (name) => ({
    inputs: { name, schedule: "@daily", command: "select 3", database: "nowhere" },
    says: `cron job "${name}": runs in database "nowhere", which does not exist; correct the name, or make the database first`,
  }),
});

describe("CronJob", () => {
  const provider = useProvider("CronJob", () => ({ databaseUrl: cluster.url }));
  const job = async (name: string) => {
    const { rows } = await user.query("select schedule, command, active from cron.job where jobname = $1", [
      name,
    ]);
    return rows[0];
  };

  it("refuses in the preview what means something else than it looks like", async () => {
    expect(await provider.failures({ name: "x", schedule: "*/30 * * * * *", command: "" })).toEqual({
      schedule:
        '"*/30 * * * * *" has six fields, of which pg_cron reads the first as minutes and ignores the last; write every: "30 seconds" instead of schedule',
      command: "must not be empty",
    });
    expect(await provider.failures({ name: "x", every: "7 minutes", command: "select 1" })).toEqual({
      every:
        '"7 minutes" does not divide an hour evenly, so cron cannot keep it; write "6 minutes" or "10 minutes"',
    });
  });

  it("wants either a schedule or an interval", async () => {
    const job = { name: "x", command: "select 1" };
    expect(await provider.failures(job)).toEqual({ schedule: "is missing; give either schedule or every" });
    expect(await provider.failures({ ...job, schedule: "@daily", every: "1 day" })).toEqual({
      schedule: "is given together with every; give either schedule or every",
    });
  });

  it("writes an interval of minutes as a crontab", async () => {
    await provider.create({ name: "minutes", every: "5 minutes", command: "select 1" });
    expect(await job("minutes")).toEqual({ schedule: "*/5 * * * *", command: "select 1", active: true });
  });

  it("keeps an interval of seconds, by a loop where pg_cron knows none", async () => {
    const inputs = { name: "seconds", every: "10 seconds", command: "select '$cmd$'" };
    const state = await provider.create(inputs);
    const { rows } = await user.query(
      "select extversion >= '1.5' as native from pg_extension where extname = 'pg_cron'",
    );
    expect(await job("seconds")).toEqual(
      (rows[0] as { native: boolean }).native
        ? { schedule: "10 seconds", command: inputs.command, active: true }
        : {
            schedule: "* * * * *",
            command: "call jobstack.run_every('10 seconds', $cmd1$select '$cmd$'$cmd1$)",
            active: true,
          },
    );
    const imported = await provider.client.read("CronJob", "seconds");
    expect(imported?.inputs.values).toEqual({ ...inputs, active: true });
    expect((await provider.client.diff("CronJob", state, state.inputs)).changed).toBe(false);
  });

  it("says in a preview when it runs next, if that changes", async () => {
    const { client } = provider;
    const preview = { preview: true };
    const of = async (more: object) =>
      (await client.check("CronJob", { name: "foretold", command: "select 1", ...more })).inputs;
    const noon = await of({ schedule: "0 12 * * *" });
    await client.create("CronJob", noon, preview);
    expect(client.process.log()).toMatch(
      /next due: \d{4}-\d\d-\d\d 12:00, \d{4}-\d\d-\d\d 12:00, \d{4}-\d\d-\d\d 12:00 \(GMT\)\n/,
    );
    const state = await client.create("CronJob", noon);
    const said = client.process.log().length;
    await client.update("CronJob", state, await of({ schedule: "0 12 * * *", command: "select 2" }), preview);
    await client.update("CronJob", state, await of({ every: "10 seconds" }), preview);
    await client.update("CronJob", state, await of({ schedule: "0 12 * * *", active: false }), preview);
    expect(
      client.process
        .log()
        .slice(said)
        .match(/next due: .*/g),
    ).toEqual(["next due: every 10 seconds", "next due: never, because it is not active"]);
  });

  it("knows the last day of the month where pg_cron does", async () => {
    const { rows } = await user.query<{ version: string; known: boolean }>(
      "select extversion as version, extversion >= '1.5' as known from pg_extension where extname = 'pg_cron'",
    );
    const made = provider.create({ name: "month", schedule: "0 0 $ * *", command: "select 1" });
    if (rows[0]?.known) await expect(made).resolves.toBeDefined();
    else
      await expect(made).rejects.toThrow(
        `cron job "month": schedule "0 0 $ * *" means the last day of the month by "$", which pg_cron 1.4 does not know; write a day such as "28", or update pg_cron to 1.5`,
      );
  });

  it("takes no job for its own that another role scheduled under the same name", async () => {
    await admin.query("select cron.schedule('theirs', '* * * * *', 'select 0')");
    await provider.create({ name: "theirs", schedule: "@daily", command: "select 1" });
    const { rows } = await admin.query(
      "select username, command from cron.job where jobname = 'theirs' order by 1",
    );
    expect(rows).toEqual([
      { username: "postgres", command: "select 1" },
      { username: "supabase_admin", command: "select 0" },
    ]);
  });

  it("says which extension it lacks, in which database", async () => {
    const other = new URL(cluster.url);
    other.pathname = "/elsewhere";
    await user.query("create database elsewhere");
    const client = await ProviderClient.start({ databaseUrl: other.href });
    const { inputs } = await client.check("CronJob", { name: "x", schedule: "@daily", command: "select 1" });
    await expect(client.create("CronJob", inputs)).rejects.toThrow(
      'cron job "x": pg_cron works in database "postgres" only, not in "elsewhere"; connect the provider to that database, and name "elsewhere" in the job\'s database',
    );
    await client.stop();
  });

  it("may ignore a drift, when told to ignore changes of that input", async () => {
    const state = await provider.create({ name: "ignored", schedule: "@daily", command: "select 1" });
    await user.query(
      "select cron.alter_job(jobid, schedule := '@hourly') from cron.job where jobname = 'ignored'",
    );
    const found = await provider.client.read("CronJob", "ignored", state);
    if (found === undefined) throw new Error("it is gone");
    expect((await provider.client.diff("CronJob", found, found.inputs, ["schedule"])).changed).toBe(true);
    const all = ["schedule", "every", "command"];
    expect((await provider.client.diff("CronJob", found, found.inputs, all)).changed).toBe(false);
  });
});
