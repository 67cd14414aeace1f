-- The story system's job table: one row per story (or later, audio) a user asked for. The row is the truth about a job;
-- its status is moved by jobstack.step() alone. Users create and read their own rows and change none.
-- The user's own API key never stands in it: protect_api_key() moves it, encrypted, to story.job_api_key.

create table story.jobs (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null,
  job_type text not null,
  status text not null default 'pending' check (status in ('pending', 'processing', 'completed', 'failed')),
  parameters jsonb not null default '{}',
  result jsonb,
  error_message text,
  attempts int not null default 0,
  story_id text,
  estimated_completion_at timestamptz,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz,
  updated_at timestamptz not null default now()
);

-- A user's list of jobs, newest first.
create index jobs_user_created on story.jobs (user_id, created_at desc);

-- What is unfinished, oldest first: stays small however long the history grows.
create index jobs_open on story.jobs (created_at) where status in ('pending', 'processing');

alter table story.jobs enable row level security;

-- The select around auth.uid() has it evaluated once per statement instead of once per row.
create policy jobs_select_own on story.jobs for select to authenticated
  using (user_id = (select auth.uid()));
create policy jobs_insert_own on story.jobs for insert to authenticated
  with check (user_id = (select auth.uid()) and status = 'pending');

-- Column by column: a user who could choose the id could aim at the stored key of another job.
revoke all on story.jobs from anon, authenticated, service_role;
grant select on story.jobs to authenticated;
grant insert (user_id, job_type, parameters, status, story_id, estimated_completion_at) on story.jobs to authenticated;
grant select, insert, update, delete on story.jobs to service_role;

-- The users' API keys, encrypted, each until its job has ended. Nobody has rights here; protect_api_key(),
-- erase_api_key() and job_api_key_for() are the only ways in. The reference is checked at commit, because the key is
-- stored by a trigger that runs before the job's row exists.
create table story.job_api_key (
  job_id uuid primary key references story.jobs (id) on delete cascade deferrable initially deferred,
  ciphertext bytea not null
);
alter table story.job_api_key enable row level security;
revoke all on story.job_api_key from public, anon, authenticated, service_role;
