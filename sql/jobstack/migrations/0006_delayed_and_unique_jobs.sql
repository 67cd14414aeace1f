-- Jobs that are inserted for later, and jobs of which only one may be open: columns of the user's table.
alter table jobstack.queue
  add column run_at_column text,
  add column key_column text,
  add constraint queue_observed_has_no_times check (
    kind = 'managed' or (run_at_column is null and key_column is null)
  );
comment on column jobstack.queue.run_at_column is 'says when an inserted job may run at the earliest';
comment on column jobstack.queue.key_column is 'of the open jobs only one has a value of it; a unique index sees to that';
