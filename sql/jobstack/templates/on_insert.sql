-- The function of a queue's insert trigger, which is AFTER INSERT, FOR EACH STATEMENT, with the inserted rows as
-- new_rows. It makes the pending ones ready, or scheduled if they are for later, counts them, and calls for a worker, at
-- most once however many there are.
-- Nothing in it may fail, slow or block the user's insert: whatever is missing or locked, the rows stay, and poll()
-- takes them in later. The definer's rights let any role insert that may insert into the job table.
-- What it says is a warning that no client sees: with a line of level LOG, Postgres logs the user's statement, with
-- whatever secret stands in it.
--
-- Placeholders: {{schema}} and {{function}} name the function; {{queue}} is the queue; {{url}} is the worker's address,
-- as declared for the queue, so that the function's text shows it; {{id_column}} and {{status_column}} are columns of
-- the job table; {{pending}} is its word for a job that waits; {{priority}} is the priority of the row r. {{delays}} is
-- whether the table says when a job is for, and {{run_at}} is that time of the row r, or null.
create or replace function {{schema}}.{{function}}()
returns trigger
language plpgsql
security definer
set search_path = ''
set lock_timeout = '250ms'
set client_min_messages = error
as $function$
declare
  v_url constant text := {{url}};
  v_now timestamptz;
  v_queue_id smallint;
  v_disabled boolean;
  v_held boolean;
  v_jobs int;
  v_settled int;
  v_delayed int;
  v_outcome text;
begin
  v_now := jobstack.now();
  -- What wake() and worker_will_look() do, in passing: calls of their own would cost more than all the rest.
  select
    q.id, q.paused or q.wake_url is null,
    current_setting('transaction_isolation') = 'read committed'
      and pg_try_advisory_xact_lock_shared(jobstack.lock_space(), q.id)
  into v_queue_id, v_disabled, v_held
  from jobstack.queue q where q.name = {{queue}};
  if not v_held then
    perform jobstack.announce_ready(v_queue_id);
  end if;
  with added as (
    insert into jobstack.ready (queue_id, priority, attempt, ready_at, job_id)
    select v_queue_id, {{priority}}, 0, v_now, r.{{id_column}}::text
    from new_rows r
    where r.{{status_column}}::text = {{pending}} and ({{run_at}} > v_now) is not true
    returning 1
  )
  insert into jobstack.count_delta (queue_id, ready, enqueued, wake_disabled, wake_coalesced)
  select
    v_queue_id, count(*), count(*), v_disabled::int,
    (not v_disabled and v_held and exists (
      select from jobstack.worker w where w.queue_id = v_queue_id and w.awake_until > v_now
    ))::int
  from added
  having count(*) > 0
  returning ready, wake_disabled + wake_coalesced into v_jobs, v_settled;
  if {{delays}} then
    insert into jobstack.scheduled (queue_id, priority, attempt, run_at, job_id)
    select v_queue_id, {{priority}}, 0, {{run_at}}, r.{{id_column}}::text
    from new_rows r
    where r.{{status_column}}::text = {{pending}} and {{run_at}} > v_now;
    get diagnostics v_delayed = row_count;
    if v_delayed > 0 then
      insert into jobstack.count_delta (queue_id, scheduled, enqueued) values (v_queue_id, v_delayed, v_delayed);
    end if;
  end if;
  if v_jobs > 0 and v_settled = 0 then
    v_outcome := jobstack.wake({{queue}});
    if v_outcome in ('sent', 'failed') then
      raise warning 'job worker triggered for % jobs of queue %: % (%)', v_jobs, {{queue}}, v_outcome, v_url;
    end if;
  end if;
  return null;
exception
  when others then
    raise warning 'failed to trigger the job worker of queue %: %', {{queue}}, sqlerrm;
    return null;
end;
$function$;
