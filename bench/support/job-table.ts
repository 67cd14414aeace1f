import type { ClientBase, Pool } from "pg";
import { renderTemplate } from "../../infra/sql/render-template.ts";
import { readSqlFile } from "../../infra/sql/sql-files.ts";
import { installJobstack } from "../../sql/jobstack/install.ts";
import { queue } from "./queue-name.ts";

/** The job table of the benchmarks, `jobs`; `storage` are its storage parameters, such as `with (fillfactor = 70)`. */
export async function createJobTable(database: Pool | ClientBase, storage = ""): Promise<void> {
  await database.query(`
    create table public.jobs (
      id bigint generated always as identity primary key,
      payload jsonb not null,
      status text not null default 'pending',
      attempts int not null default 0,
      created_at timestamptz not null default now(),
      started_at timestamptz,
      completed_at timestamptz
    ) ${storage}`);
}

/** Makes the table the managed queue `bench`, as a deployment does, but without a worker's address. */
export async function declareJobQueue(database: Pool | ClientBase): Promise<void> {
  await installJobstack(database);
  await database.query("select jobstack.declare_queue($1, $2)", [
    queue,
    {
      table: "public.jobs",
      attempts_column: "attempts",
      created_at_column: "created_at",
      started_at_column: "started_at",
      completed_at_column: "completed_at",
    },
  ]);
  for (const template of ["on_insert.sql", "on_insert_trigger.sql"]) {
    await database.query(renderTemplate(readSqlFile(`jobstack/templates/${template}`), triggerValues));
  }
}

const triggerValues = {
  schema: "public",
  function: "on_job_insert",
  trigger: "on_job_insert",
  table_schema: "public",
  table: "jobs",
  queue: `'${queue}'`,
  url: "''",
  id_column: "id",
  status_column: "status",
  pending: "'pending'",
  priority: "0",
  run_at: "null::timestamptz",
  delays: "false",
};

export async function insertJobs(database: Pool | ClientBase, count: number): Promise<void> {
  await database.query(
    "insert into public.jobs (payload) select jsonb_build_object('i', i) from generate_series(1, $1) i",
    [count],
  );
}
