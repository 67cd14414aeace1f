-- The packs system's job table: one row for each image, or pack of images, that a user asked the application for. The row
-- is the truth about a job; its status is moved by jobstack.step() and, of packs, by their images. Whatever else Jobstack
-- knows stands beside this table, so one that was made by hand is taken over as it is and this file is not run.

create table packs.job_queue (
  id uuid primary key default gen_random_uuid(),
  job_type text not null,
  payload jsonb not null default '{}',
  status text not null default 'pending' check (status in ('pending', 'processing', 'completed', 'failed')),
  retry_count int not null default 0,
  max_retries int not null default 3,
  error_message text,
  user_id uuid not null,
  created_at timestamptz not null default now(),
  processed_at timestamptz,
  completed_at timestamptz
);
comment on column packs.job_queue.job_type is '''generate-image'' or ''generate-complete-pack''';

-- A user's list of jobs, newest first.
create index job_queue_user_created on packs.job_queue (user_id, created_at desc);

-- What is unfinished, oldest first: stays small however long the history grows.
create index job_queue_open on packs.job_queue (created_at) where status in ('pending', 'processing');

-- Users read their own jobs, through the API and through Realtime. The application's server makes them: a job costs
-- money, so who may have one is for it to decide.
alter table packs.job_queue enable row level security;
create policy job_queue_select_own on packs.job_queue for select to authenticated
  using (user_id = (select auth.uid()));
revoke all on packs.job_queue from anon, authenticated, service_role;
grant select on packs.job_queue to authenticated;
grant select, insert, update, delete on packs.job_queue to service_role;
