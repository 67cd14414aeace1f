-- Observed queues: the table belongs to someone else, who claims and ends its jobs. It is woken for, counted and watched
-- here, and nothing else: an observed queue has no rows in ready, scheduled, lease and attempt.
alter table jobstack.queue
  add column kind text not null default 'managed' check (kind in ('managed', 'observed')),
  add column counted_at timestamptz,
  alter column id_column drop not null,
  alter column id_type drop not null,
  alter column processing drop not null,
  alter column completed drop not null,
  alter column failed drop not null,
  alter column max_attempts drop not null,
  alter column lease_seconds drop not null,
  alter column backoff_base_seconds drop not null,
  alter column backoff_cap_seconds drop not null,
  add constraint queue_kind_has_its_settings check (
    case kind
      when 'managed' then num_nulls(
        id_column, id_type, processing, completed, failed, max_attempts, lease_seconds, backoff_base_seconds,
        backoff_cap_seconds
      ) = 0
      else created_at_column is not null and id_column is null and retention_days is null
    end
  );
comment on column jobstack.queue.processing is 'null, like the others, where an observed table has no such state';
comment on column jobstack.queue.counted_at is 'when recount() last counted an observed queue''s open jobs';
