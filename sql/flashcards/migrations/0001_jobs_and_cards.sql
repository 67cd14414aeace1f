-- The flashcards system: a file in the bucket ingest becomes a job, and the job becomes cards. Users upload into the
-- folder that bears their id, see their own jobs and cards, and change neither.

-- One row for each upload. Its status is moved by jobstack.step() alone.
create table flashcards.jobs (
  id uuid primary key default gen_random_uuid(),
  -- Whose folder the file is in; null for a file in nobody's, whose job and cards only service_role sees.
  user_id uuid,
  -- The row in storage.objects, and what it said when the file came. The file may be replaced or gone by now.
  object_id uuid not null,
  object_name text not null,
  object_version text,
  status text not null default 'queued' check (status in ('queued', 'processing', 'done', 'failed')),
  result jsonb,
  error_message text,
  attempts int not null default 0,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz,
  updated_at timestamptz not null default now()
);

-- A user's list of jobs, newest first; and the operators' statistics of the last hour.
create index jobs_user_created on flashcards.jobs (user_id, created_at desc);
create index jobs_created on flashcards.jobs (created_at);
create index jobs_updated on flashcards.jobs (updated_at);
-- Finished jobs by the time of their end, for the exporter.
create index jobs_completed on flashcards.jobs (completed_at) where completed_at is not null;

alter table flashcards.jobs enable row level security;
-- The select around auth.uid() has it evaluated once per statement instead of once per row.
create policy jobs_select_own on flashcards.jobs for select to authenticated
  using (user_id = (select auth.uid()));
revoke all on flashcards.jobs from anon, authenticated, service_role;
grant select on flashcards.jobs to authenticated;
grant select, insert, update, delete on flashcards.jobs to service_role;

-- What was made of a file. It goes with the file, and is replaced when the file is.
create table flashcards.cards (
  id uuid primary key default gen_random_uuid(),
  user_id uuid,
  object_id uuid not null references storage.objects (id) on delete cascade,
  position int not null,
  front text not null,
  back text not null,
  -- Path in the bucket thumbnails; null where a file has none.
  thumbnail text,
  created_at timestamptz not null default now(),
  unique (object_id, position)
);
create index cards_user_created on flashcards.cards (user_id, created_at desc);

alter table flashcards.cards enable row level security;
create policy cards_select_own on flashcards.cards for select to authenticated
  using (user_id = (select auth.uid()));
revoke all on flashcards.cards from anon, authenticated, service_role;
grant select on flashcards.cards to authenticated;
grant select, insert, update, delete on flashcards.cards to service_role;

-- Uploads whose job could not be written, because the table was locked or broken; queue_missed_uploads() makes it good.
create table flashcards.missed_upload (
  object_id uuid primary key
);
alter table flashcards.missed_upload enable row level security;
revoke all on flashcards.missed_upload from public, anon, authenticated, service_role;
