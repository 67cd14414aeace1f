-- Jobstack's queue core: schema jobstack, never exposed to the API.
--
-- The user's own job table is the truth. A job is one of its rows; the status column says where it stands and is
-- updated in place, by primary key, by the worker that holds the job. Jobstack adds no column to that table. What it
-- must remember stands beside it, in the tables below, keyed by the queue's small id.
--
-- The life of a job
--   insert     The statement trigger (templates/on_insert.sql) adds one row to ready for each pending job and calls
--              wake(), which posts one HTTP request if no worker is about to look anyway.
--   step()     A worker reports its last batch and claims the next: the rows leave ready, the jobs become processing
--              and one lease names them all, with a token that fences whoever lost it.
--   success    The job gets its final status, its id leaves the lease; an empty lease is deleted.
--   failure    With attempts left the job is pending again and waits in scheduled; without, its status is failed.
--   crash      The lease expires; step() or tick() closes it as one failed attempt of each job in it.
--   sleep()    A worker leaves only when no insert can slip between its last look and its leaving.
--   tick()     Every few seconds: what is due becomes ready, expired leases are closed, workers are called where a
--              wake-up was lost, counters are folded, old rows are pruned. HTTP is only speed; this is correctness.
--   poll()     Takes in pending rows that nothing here knows: trigger disabled, status set by hand, restored dump.
--
-- Invariants
--   1. A job is claimed only by an update that finds it pending: a row the user cancelled or deleted falls out, and
--      two claims of one job are impossible however many rows of ready name it.
--   2. An id stands in at most one lease, and only the lease's holder writes the job's row.
--   3. Rows of ready are inserted and deleted, never updated, and its index order is the claim order. Claiming from
--      rows that are updated in place can deadlock (40P01) under skip locked; deleting them cannot.
--   4. Producers update no row and wait for no lock, so that they never serialise: counters are added as rows.
--   5. counts = count_base + sum(count_delta), in every snapshot.

create schema if not exists jobstack;

-- What has been declared; written by declare_queue() alone, except paused and pruned_at.
create table jobstack.queue (
  id smallint generated always as identity primary key,
  name text not null unique check (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  declared_table text not null,
  table_schema text not null,
  table_name text not null,
  id_column text not null,
  id_type text not null,
  status_column text not null,
  status_type text not null,
  pending text not null,
  processing text not null,
  completed text not null,
  failed text not null,
  result_column text,
  result_type text,
  error_column text,
  error_type text,
  attempts_column text,
  started_at_column text,
  completed_at_column text,
  created_at_column text,
  priority_column text,
  wake_url text,
  wake_secret text,
  wake_timeout_ms int not null check (wake_timeout_ms between 1 and 60000),
  max_attempts smallint not null check (max_attempts between 1 and 1000),
  lease_seconds int not null check (lease_seconds between 1 and 86400),
  backoff_base_seconds int not null check (backoff_base_seconds between 0 and 86400),
  backoff_cap_seconds int not null check (backoff_cap_seconds between backoff_base_seconds and 604800),
  stuck_after_seconds int not null check (stuck_after_seconds between 1 and 604800),
  retention_days int check (retention_days between 1 and 3650),
  paused boolean not null default false,
  pruned_at timestamptz,
  unique (table_schema, table_name),
  check (retention_days is null or completed_at_column is not null)
);

-- Jobs that may be claimed now. No foreign key: it would cost every insert a lookup and a row lock.
-- vacuum_truncate is off in the hot tables: giving pages back takes an exclusive lock, and they fill up again anyway.
create table jobstack.ready (
  seq bigint generated always as identity,
  ready_at timestamptz not null,
  priority int not null,
  queue_id smallint not null,
  attempt smallint not null,
  job_id text not null
) with (
  autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
  autovacuum_vacuum_insert_scale_factor = 0.1, vacuum_truncate = off
);
comment on column jobstack.ready.attempt is 'attempts already made';
create unique index ready_claim_order on jobstack.ready (queue_id, priority desc, seq);

-- Jobs that wait for a time: before another attempt, or because someone else had locked their row when claimed.
create table jobstack.scheduled (
  seq bigint generated always as identity,
  run_at timestamptz not null,
  priority int not null,
  queue_id smallint not null,
  attempt smallint not null,
  job_id text not null
) with (
  autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
  vacuum_truncate = off
);
comment on column jobstack.scheduled.attempt is 'attempts already made';
create unique index scheduled_due_order on jobstack.scheduled (queue_id, run_at, seq);

create sequence jobstack.lease_token;

-- One row for each claimed batch that is not finished. It is held as long as it exists, expired or not.
create table jobstack.lease (
  token bigint primary key,
  queue_id smallint not null,
  worker uuid not null,
  claimed_at timestamptz not null,
  lease_until timestamptz not null,
  job_ids text[] not null,
  attempts smallint[]
) with (
  fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500,
  autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off
);
comment on column jobstack.lease.job_ids is 'jobs that are still open';
-- Ids do not compress, and trying costs time at every claim.
alter table jobstack.lease alter column job_ids set storage external;
comment on column jobstack.lease.attempts is 'which attempt each of them is; null when each is the first';
create index lease_expiry on jobstack.lease (queue_id, lease_until);

-- What went wrong last, for whoever asks why: only jobs that failed at least once. Nothing is decided by it.
create table jobstack.attempt (
  queue_id smallint not null,
  job_id text not null,
  attempt smallint not null,
  last_error text,
  failed_at timestamptz not null,
  primary key (queue_id, job_id)
) with (autovacuum_vacuum_scale_factor = 0.05);
create index attempt_age on jobstack.attempt (failed_at);

-- Who will look for work soon. A wake-up under way stands here as an expected worker until it should have arrived.
create table jobstack.worker (
  queue_id smallint not null,
  id uuid not null,
  awake_until timestamptz not null,
  expected boolean not null default false,
  primary key (queue_id, id)
) with (
  fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200,
  autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off
);

-- Changes of the counters since the last fold; insert-only for everyone but tick().
create table jobstack.count_delta (
  queue_id smallint not null,
  ready int not null default 0,
  scheduled int not null default 0,
  processing int not null default 0,
  enqueued int not null default 0,
  completed int not null default 0,
  failed int not null default 0,
  retried int not null default 0,
  lease_expired int not null default 0,
  wake_sent int not null default 0,
  wake_coalesced int not null default 0,
  wake_failed int not null default 0,
  wake_disabled int not null default 0
) with (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
  vacuum_truncate = off
);

create table jobstack.count_base (
  queue_id smallint primary key references jobstack.queue (id) on delete cascade,
  ready bigint not null default 0,
  scheduled bigint not null default 0,
  processing bigint not null default 0,
  enqueued bigint not null default 0,
  completed bigint not null default 0,
  failed bigint not null default 0,
  retried bigint not null default 0,
  lease_expired bigint not null default 0,
  wake_sent bigint not null default 0,
  wake_coalesced bigint not null default 0,
  wake_failed bigint not null default 0,
  wake_disabled bigint not null default 0
) with (fillfactor = 50);

-- One row: when tick() last ran, and when it last pruned.
create table jobstack.upkeep (
  only_row boolean primary key default true check (only_row),
  ticked_at timestamptz,
  pruned_at timestamptz
) with (fillfactor = 50);
insert into jobstack.upkeep default values;

-- How one held job ends: what finish() and rescue() hand to close_jobs(). outcome: completed, failed or retry.
create type jobstack.closing as (
  token bigint,
  job_id text,
  attempt smallint,
  outcome text,
  result jsonb,
  error text
);
