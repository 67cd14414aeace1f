create table jobs (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null,
  job_type text not null,
  status text not null default 'pending',
  parameters jsonb not null default '{}',
  result jsonb,
  error_message text,
  story_id text,
  attempts int not null default 0,
  estimated_completion_at timestamptz,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz
);

alter table jobs enable row level security;

create policy "Users see their own jobs" on jobs for select using (auth.uid() = user_id);
create policy "Users create their own jobs" on jobs for insert with check (auth.uid() = user_id);

create index jobs_status_created_at on jobs (status, created_at);
