-- Wake-ups stand beside the calls of schedules, so that any response of pg_net leads to what caused it.
alter table jobstack.function_call
  add column source text not null default 'schedule' check (source in ('schedule', 'wakeup'));
comment on column jobstack.function_call.source is 'what called: a schedule, or a queue for a worker';
comment on column jobstack.function_call.name is 'the schedule''s or the queue''s';
create index function_call_request on jobstack.function_call (request_id, called_at);
