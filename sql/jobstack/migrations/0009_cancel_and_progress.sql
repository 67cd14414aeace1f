-- Jobs that an operator cancels, counted apart from those that failed, and jobs that tell how far they are.
alter table jobstack.queue
  add column cancelled text,
  add column progress_column text,
  add column progress_type text,
  add constraint queue_observed_is_not_written check (
    kind = 'managed' or (cancelled is null and progress_column is null)
  );
comment on column jobstack.queue.cancelled is 'the word for a job that was cancelled; null: the word for failed';
alter table jobstack.count_delta add column cancelled int not null default 0;
alter table jobstack.count_base add column cancelled bigint not null default 0;
