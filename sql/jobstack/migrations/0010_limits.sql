-- How many jobs of a queue may run at once, and how many may start in a period.
alter table jobstack.queue
  add column max_running int check (max_running between 1 and 100000),
  add column rate_limits jsonb,
  add constraint queue_observed_has_no_limits check (
    kind = 'managed' or (max_running is null and rate_limits is null)
  );
comment on column jobstack.queue.rate_limits is '[{"jobs", "seconds", "column", "value"}], the last two for some jobs only';

-- When the last jobs started to which a limit applies, as many as the largest limit counts; in order.
create table jobstack.rate (
  queue_id smallint not null,
  subject jsonb not null,
  starts timestamptz[] not null,
  primary key (queue_id, subject)
) with (
  fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200,
  autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off
);
comment on column jobstack.rate.subject is '{"column", "value"} of the jobs, or {} for all of the queue';
