-- Ends the attempts in p_closings, all of one queue: writes the user's rows, schedules retries, remembers errors, takes
-- the ids out of their leases. A row that is no longer processing (cancelled, deleted) is left as it is. May wait for
-- a row that someone else has locked. The caller has locked the leases. Called by finish() and rescue().
create or replace function jobstack.close_jobs(
  p_queue jobstack.queue, p_closings jobstack.closing[], p_expired boolean, p_now timestamptz
)
returns void
language plpgsql
set search_path = ''
-- The user's table by its key alone: the planner would rather read all of a middle-sized table than probe it some
-- hundred times, at the price of history.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $function$
declare
  v_completed int;
  v_failed int;
  v_retried int;
begin
  if p_queue.max_retries_column is not null then
    p_closings := jobstack.limit_retries(p_queue, p_closings);
  end if;
  -- "is true" hides the status from the planner, which would else read all processing rows by an index on it.
  execute format(
    'with closed as (
       update %1$I.%2$I t set %3$I = case c.outcome
         when ''completed'' then %4$L::%5$s when ''failed'' then %6$L::%5$s else %7$L::%5$s end%8$s
       from unnest($1) c
       where t.%9$I = c.job_id::%10$s and (t.%3$I = %11$L::%5$s) is true
       returning c.*, %12$s as priority
     ), waiting as (
       insert into jobstack.scheduled (queue_id, run_at, priority, attempt, job_id)
       select $2, $3 + jobstack.backoff(c.attempt, $4, $5), c.priority, c.attempt, c.job_id
       from closed c where c.outcome = ''retry''
     ), remembered as (
       insert into jobstack.attempt as a (queue_id, job_id, attempt, last_error, failed_at)
       select $2, c.job_id, c.attempt, c.error, $3
       from closed c where c.outcome <> ''completed''
       on conflict (queue_id, job_id) do update
       set (attempt, last_error, failed_at) = row (excluded.attempt, excluded.last_error, excluded.failed_at)
     )
     select
       count(*) filter (where c.outcome = ''completed''),
       count(*) filter (where c.outcome = ''failed''),
       count(*) filter (where c.outcome = ''retry'')
     from closed c',
    p_queue.table_schema, p_queue.table_name, p_queue.status_column, p_queue.completed, p_queue.status_type,
    p_queue.failed, p_queue.pending,
    -- A column that is not declared makes its part null, and concat leaves it out.
    concat(
      ', ' || quote_ident(p_queue.result_column)
        || ' = coalesce(c.result::' || p_queue.result_type || ', t.' || quote_ident(p_queue.result_column) || ')',
      ', ' || quote_ident(p_queue.error_column) || ' = c.error::' || p_queue.error_type,
      ', ' || quote_ident(p_queue.completed_at_column)
        || ' = case when c.outcome = ''retry'' then t.' || quote_ident(p_queue.completed_at_column) || ' else $3 end',
      ', ' || quote_ident(p_queue.retries_column)
        || ' = case when c.outcome = ''retry'' then c.attempt else t.' || quote_ident(p_queue.retries_column) || ' end'
    ),
    p_queue.id_column, p_queue.id_type, p_queue.processing,
    coalesce('coalesce(t.' || quote_ident(p_queue.priority_column) || ', 0)', '0')
  ) into v_completed, v_failed, v_retried
  using p_closings, p_queue.id, p_now, p_queue.backoff_base_seconds, p_queue.backoff_cap_seconds;

  if exists (select from unnest(p_closings) c where c.outcome = 'completed' and c.attempt > 1) then
    delete from jobstack.attempt a
    using unnest(p_closings) c
    where a.queue_id = p_queue.id and a.job_id = c.job_id and c.outcome = 'completed' and c.attempt > 1;
  end if;

  perform jobstack.shrink_leases(p_closings);
  insert into jobstack.count_delta (queue_id, processing, scheduled, completed, failed, retried, lease_expired)
  values (
    p_queue.id, - cardinality(p_closings), v_retried, v_completed, v_failed, v_retried,
    case when p_expired then cardinality(p_closings) else 0 end
  );
end;
$function$;
