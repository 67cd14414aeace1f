import { alice } from "../../../test/support/users.ts";

/** The job table as somebody once wrote it into the SQL editor, with forty jobs of which ten are pending. */
export const handMadeTable = `
  create table public.job_queue (
    id uuid primary key default gen_random_uuid(),
    job_type text not null,
    payload jsonb,
    status text default 'pending',
    retry_count int default 0,
    max_retries int default 3,
    error_message text,
    user_id uuid,
    created_at timestamptz default now(),
    processed_at timestamptz,
    completed_at timestamptz
  );
  insert into public.job_queue (job_type, payload, status, retry_count, max_retries, user_id)
  select 'generate-image', jsonb_build_object('prompt', 'image ' || n),
    (array['pending', 'processing', 'completed', 'failed'])[1 + n % 4], n % 3, 2, '${alice}'
  from generate_series(1, 40) n`;

/** Every row with the transaction that wrote it and the place where it lies. */
export const rowsAsTheyLie = "select q.xmin, q.ctid, q.* from public.job_queue q order by q.ctid";
