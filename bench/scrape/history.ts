import type { Pool } from "pg";
import { installMetrics } from "../../exporter/testing/install-metrics.ts";
import { installInsertTrigger, installJobstack } from "../../sql/jobstack/install.ts";

const queues = 50;
const cronJobs = 500;

/** Fifty queues with some jobs that wait, and five hundred cron jobs. Returns the URL that the exporter is to use. */
export async function prepare(admin: Pool, database: Pool, url: string): Promise<string> {
  const exporterUrl = await installMetrics(url);
  await installJobstack(database);
  for (let n = 1; n <= queues; n += 1) await addQueue(database, `jobs_${n}`);
  await admin.query("create extension pg_cron with schema pg_catalog");
  await admin.query(
    `select cron.schedule(
       'job ' || n,
       case n % 3 when 0 then '*/5 * * * *' when 1 then n % 60 || ' * * * *' else n % 60 || ' ' || n % 24 || ' * * *' end,
       'select 1'
     ) from generate_series(1, $1::int) n`,
    [cronJobs],
  );
  // It would run them; their runs are written by `grow`.
  await admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pg_cron scheduler'",
  );
  return exporterUrl;
}

async function addQueue(database: Pool, table: string): Promise<void> {
  await database.query(`
    create table public.${table} (
      id bigint generated always as identity primary key,
      payload jsonb not null default '{}',
      status text not null default 'pending',
      attempts int not null default 0,
      created_at timestamptz not null default now(),
      started_at timestamptz,
      completed_at timestamptz
    );
    create index on public.${table} (completed_at)`);
  await database.query("select jobstack.declare_queue($1, $2)", [
    table,
    {
      table: `public.${table}`,
      attempts_column: "attempts",
      created_at_column: "created_at",
      started_at_column: "started_at",
      completed_at_column: "completed_at",
    },
  ]);
  await installInsertTrigger(database, {
    queue: table,
    table: { schema: "public", name: table },
    trigger: "on_job_insert",
    function: `on_${table}`,
    url: "",
  });
  await database.query(`insert into public.${table} (payload) select '{}' from generate_series(1, 20)`);
}

/** Adds `count` finished runs of all cron jobs and as many finished jobs of the first queue, the last of them just now. */
export async function grow(admin: Pool, count: number): Promise<void> {
  const seconds = `now() - ($1::int - n) * interval '0.5 seconds'`;
  await admin.query(
    `insert into cron.job_run_details
       (jobid, job_pid, database, username, command, status, return_message, start_time, end_time)
     select j.jobid, 1000, 'postgres', 'postgres', 'select 1', case when n % 50 = 0 then 'failed' else 'succeeded' end,
            '1 row', ${seconds} - interval '1 second', ${seconds}
       from generate_series(1, $1::int) n
       join (select jobid, row_number() over () - 1 as place from cron.job) j on j.place = n % ${cronJobs}
      order by n`,
    [count],
  );
  // Finished before the queue was declared, as it were: no trigger looks at them.
  await admin.query("set session_replication_role = replica");
  await admin.query(
    `insert into public.jobs_1 (payload, status, attempts, created_at, started_at, completed_at)
     select '{"to": "someone@example.com"}', 'completed', 1, ${seconds} - interval '3 seconds',
            ${seconds} - interval '1 second', ${seconds}
       from generate_series(1, $1::int) n`,
    [count],
  );
  await admin.query("set session_replication_role = origin");
}
