-- Which HTTP request a schedule made, for a week: from a run in cron.job_run_details (job_pid = pid, called_at between
-- its start_time and end_time) to its response in net._http_response (id = request_id, created >= called_at).
create table jobstack.function_call (
  called_at timestamptz not null,
  name text not null,
  request_id bigint not null,
  pid int not null
);
comment on column jobstack.function_call.name is 'the schedule''s';
comment on column jobstack.function_call.request_id is 'pg_net''s; its numbers begin anew after a crash';
create index function_call_age on jobstack.function_call (called_at);
