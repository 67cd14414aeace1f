import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPool } from "../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../test/support/test-cluster.ts";
import { renderGrants, renderRemoval } from "./grants.ts";
import { type JobTable, jobTable } from "./job-table.ts";
import { addCronJob, writeRun } from "./testing/cron-history.ts";
import { seriesOf } from "./testing/job-tables.ts";
import { runPsql } from "./testing/run-psql.ts";
import { startExporter, type TestExporter } from "./testing/start-exporter.ts";

/** A server of its own, for roles belong to all its databases. Jobstack is in none of them. */
let cluster: TestCluster;
let admin: pg.Pool;

beforeAll(async () => {
  cluster = await createTestCluster();
  admin = openPool(cluster.adminUrl, 2);
  await admin.query("create extension pg_net");
});

afterAll(async () => {
  await admin?.end();
  await cluster?.stop();
});

const grants = renderGrants({ jobTables: [] });

function inDatabase(url: string, database: string, role?: string): string {
  const found = new URL(url);
  found.pathname = database;
  if (role !== undefined) Object.assign(found, { username: role, password: "a password" });
  return found.href;
}

function startIn(database: string, jobTables: readonly JobTable[] = []): TestExporter {
  return startExporter(inDatabase(cluster.url, database, "jobstack_exporter"), jobTables);
}

/** As an administrator does once, who gives the role its password afterwards. */
async function grant(database = "postgres", jobTables: readonly JobTable[] = []): Promise<void> {
  await runPsql(inDatabase(cluster.adminUrl, database), renderGrants({ jobTables }));
  await admin.query("alter role jobstack_exporter password 'a password'");
}

/** The exporter's view of each collector: 1 for success, 0 for failure; those that are skipped are left out. */
function successes(shown: Map<string, number>): Record<string, number> {
  return Object.fromEntries(
    [...shown].flatMap(([series, value]) => {
      const collector = /^jobstack_exporter_collector_success\{collector="(\w+)"\}$/.exec(series)?.[1];
      return collector ? [[collector, value] as const] : [];
    }),
  );
}

it("says missing_function where the script was not run, and has no series", async () => {
  await admin.query("create role jobstack_exporter login password 'a password'");
  const exporter = startIn("postgres");
  const shown = await exporter.scrape();
  await exporter.stop();
  await admin.query("drop role jobstack_exporter");
  expect(successes(shown)).toEqual({ cron_jobs: 0, cron_runs: 0, cron_scheduler: 0, pg_net: 0 });
  for (const collector of ["cron_jobs", "cron_runs", "cron_scheduler", "pg_net"]) {
    const errors = `jobstack_exporter_collector_errors_total{collector="${collector}",reason="missing_function"}`;
    expect(shown.get(errors)).toBe(1);
  }
  expect([...shown.keys()].filter((series) => /^(pg_cron|jobs|pg_net)_/.test(series))).toEqual([]);
});

it("shows pg_cron and pg_net in full where nothing but the script was run", async () => {
  await grant();
  const jobid = await addCronJob(admin, "nightly");
  const first = startIn("postgres");
  await first.scrape();
  await first.stop();
  await writeRun(admin, { runid: 1, jobid });
  await writeRun(admin, { runid: 2, jobid, status: "failed", message: "server restarted" });
  await admin.query(
    "insert into net._http_response (id, status_code, created) values (1, 500, now() - interval '10 s')",
  );
  await admin.query(
    "update jobstack.exporter_state set state = jsonb_set(state, '{countedUntilUs}', '0') where collector = 'pg_net'",
  );

  // A new process, so that what it counts is what the one before it saved.
  const exporter = startIn("postgres");
  const shown = await exporter.scrape();
  await exporter.stop();

  expect(successes(shown)).toEqual({ cron_jobs: 1, cron_runs: 1, cron_scheduler: 1, pg_net: 1 });
  const job = 'job_name="nightly",database="postgres"';
  expect(Object.fromEntries(shown)).toMatchObject({
    [`pg_cron_job_active{${job}}`]: 0,
    [`pg_cron_job_runs_total{${job},status="succeeded"}`]: 1,
    [`pg_cron_job_runs_total{${job},status="failed"}`]: 1,
    [`pg_cron_job_failures_total{${job},reason="server_restarted"}`]: 1,
    pg_cron_scheduler_up: 1,
    'pg_net_responses_total{outcome="5xx"}': 1,
    'jobstack_exporter_state_save_success{collector="cron_runs"}': 1,
  });
});

it("may be run again, with the same result and without starting its counters anew", async () => {
  const facts = async () => {
    const { rows } = await admin.query(
      `select p.oid::regprocedure::text as name, p.proacl::text as acl, pg_get_functiondef(p.oid) as text
         from pg_proc p where p.pronamespace = 'jobstack'::regnamespace order by 1`,
    );
    return rows;
  };
  await grant();
  const state = await admin.query("select * from jobstack.exporter_state order by collector");
  const before = await facts();
  // As an earlier version may have left it.
  await admin.query("create function jobstack.metrics_cron_jobs(int) returns int language sql as 'select 1'");
  await grant();
  expect(await facts()).toEqual(before);
  expect((await admin.query("select * from jobstack.exporter_state order by collector")).rows).toEqual(
    state.rows,
  );
});

it("lets the role do nothing but execute the functions for the exporter", async () => {
  await grant();
  const { rows } = await admin.query(`
    select p.proname as name, p.prosecdef as definer, 'search_path=""' = any (p.proconfig) as fixed,
           has_function_privilege('jobstack_exporter', p.oid, 'execute') as exporter,
           has_function_privilege('authenticator', p.oid, 'execute') as others
      from pg_proc p where p.pronamespace = 'jobstack'::regnamespace`);
  for (const { name, definer, fixed, exporter, others } of rows) {
    const isForExporter = name.startsWith("metrics_");
    expect({ name, definer, fixed, exporter, others }).toEqual({
      name,
      definer: isForExporter,
      fixed: true,
      exporter: isForExporter,
      others: false,
    });
  }
  const asExporter = openPool(inDatabase(cluster.url, "postgres", "jobstack_exporter"), 1);
  const refused = [
    "select from jobstack.exporter_state",
    "select from jobstack.job_table",
    "insert into jobstack.job_table values ('mail', '{}')",
    "select jobstack.open_job_table('mail', null)",
    "create table jobstack.mine (id int)",
    "create schema mine",
  ];
  for (const sql of refused) await expect(asExporter.query(sql), sql).rejects.toThrow("permission denied");
  await asExporter.end();
  const { rows: roles } = await admin.query(
    `select rolsuper or rolcreatedb or rolcreaterole or rolbypassrls or rolreplication as powerful
       from pg_roles where rolname = 'jobstack_exporter'`,
  );
  expect(roles).toEqual([{ powerful: false }]);
  const { rows: members } = await admin.query(
    "select from pg_auth_members where member = 'jobstack_exporter'::regrole",
  );
  expect(members).toEqual([]);
});

it("watches several databases of a server, each by itself", async () => {
  const tables = ["first", "second"].map((name) =>
    jobTable.parse({ name: "mail", table: `${name}_mails`, statuses: { ready: "new" } }),
  );
  for (const [index, database] of ["one", "two"].entries()) {
    await admin.query(`create database ${database}`);
    const table = tables[index]?.table ?? "";
    const pool = openPool(inDatabase(cluster.adminUrl, database), 1);
    await pool.query(`
      create table public.${table} (status text default 'new', created_at timestamptz default now());
      create index on public.${table} (status, created_at);
      insert into public.${table} select from generate_series(0, ${index})`);
    await pool.end();
    await grant(database, tables.slice(index, index + 1));
  }
  const exporters = [startIn("one", tables.slice(0, 1)), startIn("two", tables.slice(1))];
  const shown = await Promise.all(exporters.map((exporter) => exporter.scrape()));
  await Promise.all(exporters.map((exporter) => exporter.stop()));
  const ready = shown.map((each) => seriesOf("mail", each)['jobs_depth{status="ready"}']);
  expect(ready).toEqual([1, 2]);
  // pg_cron and pg_net are in neither of them.
  expect(shown.map(successes)).toEqual([{ job_table_mail: 1 }, { job_table_mail: 1 }]);
});

it("is refused where it would harm a deployment, or could see only part of what there is, and changes nothing", async () => {
  await admin.query("create database deployed");
  await runPsql(
    inDatabase(cluster.adminUrl, "deployed"),
    "create schema jobstack; create table jobstack.queue (name text)",
  );
  await expect(runPsql(inDatabase(cluster.adminUrl, "deployed"), grants)).rejects.toThrow(
    "Jobstack is deployed to this database",
  );
  await expect(runPsql(inDatabase(cluster.adminUrl, "deployed"), renderRemoval())).rejects.toThrow(
    "Jobstack is deployed to this database",
  );
  await admin.query("create database fresh");
  await admin.query("create role weak login createrole password 'a password'");
  await expect(runPsql(inDatabase(cluster.url, "fresh", "weak"), grants)).rejects.toThrow(
    "role weak is subject to row-level security",
  );
  const fresh = await runPsql(
    inDatabase(cluster.adminUrl, "fresh"),
    "select to_regnamespace('jobstack') is null",
  );
  expect(fresh).toBe("t");
});

it("is taken away without a rest, the role with the last database", async () => {
  const databases = ["postgres", "one", "two"];
  const roles = async () =>
    (await admin.query("select from pg_roles where rolname = 'jobstack_exporter'")).rows.length;
  for (const database of databases) await grant(database);
  for (const database of databases) {
    expect(await roles()).toBe(1);
    await runPsql(inDatabase(cluster.adminUrl, database), renderRemoval());
    const left = await runPsql(
      inDatabase(cluster.adminUrl, database),
      "select count(*) from pg_namespace where nspname = 'jobstack'",
    );
    expect(left).toBe("0");
  }
  expect(await roles()).toBe(0);
  // What is gone may go again.
  await runPsql(cluster.adminUrl, renderRemoval());
});
