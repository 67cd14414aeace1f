-- The function of an observed queue's triggers, which are AFTER INSERT, UPDATE and DELETE, each FOR EACH STATEMENT, with
-- the rows as old_rows and new_rows. It counts how many jobs a statement brought into and out of each state, and calls
-- for a worker when it inserted pending ones, at most once however many. Nothing in it may fail, slow or block the
-- user's statement: counts that are missing are made up for by recount(), a wake-up by tick(). What one statement moves
-- into a state and out of it at once is counted by the difference.
-- What it says is a warning that no client sees: with a line of level LOG, Postgres logs the user's statement, with
-- whatever secret stands in it.
--
-- Placeholders: {{schema}} and {{function}} name the function; {{queue}} is the queue; {{url}} is the worker's address,
-- as declared for the queue, so that the function's text shows it; {{status_column}} is a column of the job table;
-- {{pending}}, {{processing}}, {{completed}} and {{failed}} are its words, null for a state that it does not have.
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
  v_settled int;
  v_pending int;
  v_processing int;
  v_completed int;
  v_failed int;
  v_outcome text;
begin
  if tg_op = 'INSERT' then
    v_now := jobstack.now();
    -- What wake() and worker_will_look() do, in passing: calls of their own would cost more than all the rest.
    select
      q.id, q.paused or q.wake_url is null,
      current_setting('transaction_isolation') = 'read committed'
        and pg_try_advisory_xact_lock_shared(jobstack.lock_space(), q.id)
    into v_queue_id, v_disabled, v_held
    from jobstack.queue q where q.name = {{queue}};
    insert into jobstack.count_delta (queue_id, ready, processing, enqueued, wake_disabled, wake_coalesced)
    select
      v_queue_id, c.pending, c.processing, c.pending + c.processing, (c.pending > 0 and v_disabled)::int,
      (c.pending > 0 and not v_disabled and v_held and exists (
        select from jobstack.worker w where w.queue_id = v_queue_id and w.awake_until > v_now
      ))::int
    from (
      select
        count(*) filter (where r.{{status_column}}::text = {{pending}}) as pending,
        count(*) filter (where r.{{status_column}}::text = {{processing}}) as processing
      from new_rows r
    ) c
    where c.pending + c.processing > 0
    returning ready, wake_disabled + wake_coalesced into v_pending, v_settled;
    if v_pending > 0 and v_settled = 0 then
      v_outcome := jobstack.wake({{queue}});
      if v_outcome in ('sent', 'failed') then
        raise warning 'job worker triggered for % jobs of queue %: % (%)', v_pending, {{queue}}, v_outcome, v_url;
      end if;
    end if;
    return null;
  elsif tg_op = 'DELETE' then
    select
      - count(*) filter (where r.{{status_column}}::text = {{pending}}),
      - count(*) filter (where r.{{status_column}}::text = {{processing}})
    into v_pending, v_processing
    from old_rows r;
  else
    select
      coalesce(sum(r.jobs) filter (where r.status = {{pending}}), 0),
      coalesce(sum(r.jobs) filter (where r.status = {{processing}}), 0),
      coalesce(sum(r.jobs) filter (where r.status = {{completed}}), 0),
      coalesce(sum(r.jobs) filter (where r.status = {{failed}}), 0)
    into v_pending, v_processing, v_completed, v_failed
    from (
      select n.{{status_column}}::text as status, 1 as jobs from new_rows n
      union all select o.{{status_column}}::text, -1 from old_rows o
    ) r;
  end if;
  if v_pending <> 0 or v_processing <> 0 or v_completed <> 0 or v_failed <> 0 then
    select q.id into v_queue_id from jobstack.queue q where q.name = {{queue}};
    insert into jobstack.count_delta (queue_id, ready, processing, enqueued, completed, failed)
    values (
      v_queue_id, v_pending, v_processing, greatest(v_pending + v_processing, 0), greatest(v_completed, 0),
      greatest(v_failed, 0)
    );
  end if;
  return null;
exception
  when others then
    raise warning 'failed to count the jobs of queue %: %', {{queue}}, sqlerrm;
    return null;
end;
$function$;
