import type { ClientBase, Pool } from "pg";
import { installInsertTrigger, installJobstack } from "../../sql/jobstack/install.ts";
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
  await installInsertTrigger(database, {
    queue,
    table: { schema: "public", name: "jobs" },
    trigger: "on_job_insert",
    function: "on_job_insert",
    url: "",
  });
}

export async function insertJobs(database: Pool | ClientBase, count: number): Promise<void> {
  await database.query(
    "insert into public.jobs (payload) select jsonb_build_object('i', i) from generate_series(1, $1) i",
    [count],
  );
}
