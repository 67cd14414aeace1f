-- Ends the attempts in p_closings that did not succeed, all of one queue: writes the user's rows, schedules retries and
-- what is given back, remembers errors, takes the ids out of their leases. A row that is no longer processing
-- (cancelled, deleted) is left as it is. May wait for a row that someone else has locked. The caller has locked the
-- leases. Called by finish() and rescue().
create or replace function jobstack.close_jobs(
  p_queue jobstack.queue, p_closings jobstack.closing[], p_expired boolean, p_now timestamptz
)
returns void
language plpgsql
set search_path = ''
-- The user's table by its key alone, as in start_jobs().
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $function$
declare
  v_failed int;
  v_retried int;
  v_released int;
begin
  if p_queue.max_retries_column is not null then
    p_closings := jobstack.limit_retries(p_queue, p_closings);
  end if;
  -- "is true" hides the status from the planner, which would else read all processing rows by an index on it.
  execute format(
    'with closed as (
       update %1$I.%2$I t set %3$I = case c.outcome when ''failed'' then %4$L::%5$s else %6$L::%5$s end%7$s
       from unnest($1) c
       where t.%8$I = c.job_id::%9$s and (t.%3$I = %10$L::%5$s) is true
       returning c.*, %11$s as priority
     ), waiting as (
       insert into jobstack.scheduled (queue_id, run_at, priority, attempt, job_id)
       select
         $2,
         $3 + case when c.outcome = ''released'' then interval ''0''
           else coalesce(c.retry_after, jobstack.backoff(c.attempt, $4, $5)) end,
         c.priority, case when c.outcome = ''released'' then c.attempt - 1 else c.attempt end, c.job_id
       from closed c where c.outcome <> ''failed''
     ), remembered as (
       insert into jobstack.attempt as a (queue_id, job_id, attempt, last_error, failed_at)
       select $2, c.job_id, c.attempt, c.error, $3
       from closed c where c.outcome <> ''released''
       on conflict (queue_id, job_id) do update
       set (attempt, last_error, failed_at) = row (excluded.attempt, excluded.last_error, excluded.failed_at)
     )
     select
       count(*) filter (where c.outcome = ''failed''),
       count(*) filter (where c.outcome = ''retry''),
       count(*) filter (where c.outcome = ''released'')
     from closed c',
    p_queue.table_schema, p_queue.table_name, p_queue.status_column, p_queue.failed, p_queue.status_type,
    p_queue.pending,
    -- A column that is not declared makes its part null, and concat leaves it out.
    concat(
      ', ' || quote_ident(p_queue.error_column) || ' = case c.outcome when ''released'' then t.'
        || quote_ident(p_queue.error_column) || ' else c.error::' || p_queue.error_type || ' end',
      ', ' || quote_ident(p_queue.completed_at_column) || ' = case c.outcome when ''failed'' then $3 else t.'
        || quote_ident(p_queue.completed_at_column) || ' end',
      ', ' || quote_ident(p_queue.attempts_column) || ' = case c.outcome when ''released'' then c.attempt - 1 else t.'
        || quote_ident(p_queue.attempts_column) || ' end',
      ', ' || quote_ident(p_queue.retries_column) || ' = case c.outcome when ''retry'' then c.attempt else t.'
        || quote_ident(p_queue.retries_column) || ' end'
    ),
    p_queue.id_column, p_queue.id_type, p_queue.processing,
    coalesce('coalesce(t.' || quote_ident(p_queue.priority_column) || ', 0)', '0')
  ) into v_failed, v_retried, v_released
  using p_closings, p_queue.id, p_now, p_queue.backoff_base_seconds, p_queue.backoff_cap_seconds;

  perform jobstack.shrink_leases(
    array(select c.token from unnest(p_closings) c), array(select c.job_id from unnest(p_closings) c)
  );
  insert into jobstack.count_delta (queue_id, processing, scheduled, failed, retried, lease_expired)
  values (
    p_queue.id, - cardinality(p_closings), v_retried + v_released, v_failed, v_retried,
    case when p_expired then cardinality(p_closings) else 0 end
  );
end;
$function$;
