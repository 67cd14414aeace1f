import type pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openPool } from "../../../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../../../test/support/test-cluster.ts";

let server: TestCluster;
let db: pg.Pool;
beforeAll(async () => {
  server = await createTestCluster();
  db = openPool(server.url);
});
afterAll(async () => {
  await db.end();
  await server.stop();
});

test("lets postgres schedule, change and remove jobs", async () => {
  await db.query("select cron.schedule('one', '* * * * *', 'select 1')");
  const { rows } = await db.query(
    "select cron.schedule_in_database('two', '0 0 * * *', 'select 2', 'postgres') as id",
  );
  await db.query("select cron.alter_job($1::bigint, active := false)", [rows[0].id]);
  expect((await db.query("select jobname, active, username from cron.job order by jobname")).rows).toEqual([
    { jobname: "one", active: true, username: "postgres" },
    { jobname: "two", active: false, username: "postgres" },
  ]);
  await db.query("select cron.unschedule('one'), cron.unschedule($1::bigint)", [rows[0].id]);
  expect((await db.query("select from cron.job")).rowCount).toBe(0);
});

test("keeps postgres from changing cron.job other than by the functions", async () => {
  await expect(db.query("update cron.job set active = false")).rejects.toMatchObject({ code: "42501" });
  await expect(db.query("delete from cron.job")).rejects.toMatchObject({ code: "42501" });
});

test("runs a job over the private socket, as the role that scheduled it", async () => {
  await db.query("create table ran (role text)");
  await db.query("select cron.schedule('at start', '@reboot', 'insert into ran select current_user')");
  await db.end();
  await server.cluster.stop();
  await server.cluster.start();
  db = openPool(server.url);
  await vi.waitFor(
    async () => expect((await db.query("select role from ran")).rows).toEqual([{ role: "postgres" }]),
    {
      timeout: 20_000,
    },
  );
  await vi.waitFor(async () =>
    expect((await db.query("select status, return_message from cron.job_run_details")).rows).toEqual([
      { status: "succeeded", return_message: "INSERT 0 1" },
    ]),
  );
  expect((await db.query("delete from cron.job_run_details")).rowCount).toBe(1);
  await db.query("select cron.unschedule('at start')");
});

test("lets postgres pass its rights on", async () => {
  await db.query("create role scheduler");
  await db.query("grant usage on schema cron to scheduler");
  await db.query("grant execute on function cron.alter_job, cron.schedule_in_database to scheduler");
  await db.query("grant select on cron.job to scheduler");
  await db.query("grant select, delete on cron.job_run_details to scheduler");
  const { rows } = await db.query(
    `select has_schema_privilege('scheduler', 'cron', 'usage') as usage,
       has_table_privilege('scheduler', 'cron.job_run_details', 'delete') as details`,
  );
  expect(rows).toEqual([{ usage: true, details: true }]);
});

test("points jobs to the server's new address when its port or folder changed", async () => {
  const admin = openPool(server.adminUrl);
  await db.query("select cron.schedule('moved', '0 0 * * *', 'select 1')");
  await admin.query("update cron.job set nodename = '/tmp/jobstack-elsewhere', nodeport = 1");
  await server.cluster.applyBaseline();
  expect((await db.query("select nodename, nodeport from cron.job")).rows).toEqual([
    { nodename: server.cluster.socketDir, nodeport: server.cluster.port },
  ]);
  await admin.end();
});
