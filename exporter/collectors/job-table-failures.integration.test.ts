import { expect, it } from "vitest";
import { useTestDatabase } from "../../test/support/use-test-database.ts";
import {
  exporterUrlOf,
  failuresOf,
  grantTables,
  makeJobTable,
  scrapeTables,
  seriesOf,
  someName,
} from "../testing/job-tables.ts";
import { parseExposition } from "../testing/parse-exposition.ts";
import { startExporter } from "../testing/start-exporter.ts";

const database = useTestDatabase();

/** What is done to table %s, how it is undone, and what the exporter calls it. */
const troubles: [title: string, trouble: string, repair: string, reason: string][] = [
  ["is gone", "alter table public.%s rename to gone", "alter table public.gone rename to %s", "description"],
  [
    "has another column",
    "alter table public.%s rename column created_at to born_at",
    "alter table public.%s rename column born_at to created_at",
    "description",
  ],
  [
    "is a view by now",
    "alter table public.%s rename to hidden; create view public.%s as select * from public.hidden",
    "drop view public.%s; alter table public.hidden rename to %s",
    "description",
  ],
  [
    "has lost its index",
    "drop index public.%s_status_created_at_idx",
    "create index on public.%s (status, created_at)",
    "missing_index",
  ],
  [
    "is described otherwise in the database",
    `update jobstack.job_table set description = description || '{"stuckAfterSeconds": 1}'`,
    `update jobstack.job_table set description = description || '{"stuckAfterSeconds": 300}'`,
    "description",
  ],
  ["is not described in the database", "delete from jobstack.job_table", "", "description"],
  [
    "may not be asked for by the exporter's role",
    "revoke execute on function jobstack.metrics_job_table from jobstack_exporter",
    "grant execute on function jobstack.metrics_job_table to jobstack_exporter",
    "permission",
  ],
  [
    "has no function that reads it",
    "alter function jobstack.metrics_job_table rename to hidden",
    "alter function jobstack.hidden rename to metrics_job_table",
    "missing_function",
  ],
];

it.each(troubles)("a table that %s has no series, and says why", async (_title, trouble, repair, reason) => {
  const name = someName();
  const table = await makeJobTable(database(), name);
  await grantTables(database(), table);
  const exporter = startExporter(exporterUrlOf(database()), [table]);
  const before = await exporter.scrape();
  await database().admin.query(trouble.replaceAll("%s", name));
  const during = await exporter.scrape();
  if (repair === "") await grantTables(database(), table);
  else await database().admin.query(repair.replaceAll("%s", name));
  const after = await exporter.scrape();
  await exporter.stop();
  expect(seriesOf(name, before)).toMatchObject({ jobs_stuck: 0 });
  expect(seriesOf(name, during)).toEqual({});
  expect(failuresOf(name, during)).toEqual({ [reason]: 1 });
  expect(during.get(`jobstack_exporter_collector_success{collector="job_table_${name}"}`)).toBe(0);
  expect(seriesOf(name, after)).toEqual(seriesOf(name, before));
});

it("a table that takes too long says timeout", async () => {
  const table = await makeJobTable(database(), "slow_jobs");
  await grantTables(database(), table);
  await database().admin.query(`
    alter function jobstack.job_table_query rename to hidden;
    create function jobstack.job_table_query(jsonb, text) returns text language sql as 'select pg_sleep(60)::text'`);
  const exporter = startExporter(exporterUrlOf(database()), [table]);
  const { body } = await exporter.server.inject({
    url: "/metrics",
    headers: { "x-prometheus-scrape-timeout-seconds": "1.2" },
  });
  await database().admin.query(`
    drop function jobstack.job_table_query;
    alter function jobstack.hidden rename to job_table_query`);
  const after = await exporter.scrape();
  await exporter.stop();
  expect(failuresOf("slow_jobs", parseExposition(body))).toEqual({ timeout: 1 });
  expect(seriesOf("slow_jobs", after)).toMatchObject({ jobs_stuck: 0 });
});

it("a table whose policies hide rows from the functions is an error, instead of a wrong number", async () => {
  const table = await makeJobTable(database(), "private_jobs");
  await database().admin.query(`
    alter table public.private_jobs enable row level security;
    insert into public.private_jobs default values`);
  await grantTables(database(), table);
  expect(seriesOf("private_jobs", await scrapeTables(database(), table))).toMatchObject({
    'jobs_depth{status="ready"}': 1,
  });
  await database().admin.query(`
    create role blind_owner;
    grant create, usage on schema jobstack to blind_owner;
    grant execute on all functions in schema jobstack to blind_owner;
    grant select on public.private_jobs, jobstack.job_table to blind_owner;
    alter function jobstack.metrics_job_table owner to blind_owner`);
  const shown = await scrapeTables(database(), table);
  await database().admin.query(
    "reassign owned by blind_owner to supabase_admin; drop owned by blind_owner; drop role blind_owner",
  );
  expect(failuresOf("private_jobs", shown)).toEqual({ permission: 1 });
  expect(seriesOf("private_jobs", shown)).toEqual({});
});
