import type { Client, Pool } from "pg";

type Connection = Pick<Client | Pool, "query">;

/** Adds an inactive job, so that only the test writes its runs. Returns its id. */
export async function addCronJob(admin: Connection, name: string): Promise<number> {
  const { rows } = await admin.query<{ jobid: number }>(
    `insert into cron.job (schedule, command, database, username, active, jobname)
     values ('0 0 1 1 *', 'select ''a secret token''', current_database(), 'postgres', false, $1)
     returning jobid::int`,
    [name],
  );
  return rows[0]?.jobid ?? Number.NaN;
}

export interface TestRun {
  runid: number;
  jobid: number;
  status?: string;
  /** Unix time in seconds; the run ends two seconds later if its status says so. */
  at?: number | null;
  /** What pg_cron says of it. */
  message?: string;
  /** Its process; unknown if left out. */
  pid?: number;
}

/** Adds one run, or changes it, as pg_cron itself writes it. */
export async function writeRun(
  admin: Connection,
  { runid, jobid, status = "succeeded", at = 1_700_000_000, message = "a secret message", pid }: TestRun,
): Promise<void> {
  const end = at === null || (status !== "succeeded" && status !== "failed") ? null : at + 2;
  await admin.query(
    `insert into cron.job_run_details (runid, jobid, status, start_time, end_time, command, return_message, username, job_pid)
     values ($1, $2, $3, to_timestamp($4), to_timestamp($5), 'select 1', $6, 'postgres', $7)
     on conflict (runid) do update
       set status = excluded.status, start_time = excluded.start_time, end_time = excluded.end_time,
         return_message = excluded.return_message`,
    [runid, jobid, status, at, end, message, pid ?? null],
  );
}
