-- Makes the pending ones of p_ids processing, by attempts p_attempts, and returns them as claim() does, in the order of
-- p_ids. May wait for a row that someone else has locked. Called by claim().
create or replace function jobstack.start_jobs(
  p_queue jobstack.queue, p_ids text[], p_attempts smallint[], p_now timestamptz,
  out job_ids text[], out attempts smallint[], out jobs json
)
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
begin
  -- "is true" hides the status from the planner, which would else read all pending rows by an index on it. The arrays
  -- are unnested in a subquery, not in from: from there, each whole row would be copied for a recheck.
  execute format(
    'with started as (
       update %1$I.%2$I t set %3$I = %4$L::%5$s%6$s
       from (
         select unnest($1) as job_id, unnest($2) as attempt, generate_series(1, cardinality($1)) as n
       ) w
       where t.%7$I = w.job_id::%8$s and (t.%3$I = %9$L::%5$s) is true
       returning w.job_id, w.attempt, w.n, row_to_json(t) as job
     )
     select array_agg(s.job_id), case when max(s.attempt) > 1 then array_agg(s.attempt) end, json_agg(s.job)
     from (select * from started order by n) s',
    p_queue.table_schema, p_queue.table_name, p_queue.status_column, p_queue.processing, p_queue.status_type,
    -- A column that is not declared makes its part null, and concat leaves it out.
    concat(
      ', ' || quote_ident(p_queue.started_at_column) || ' = $3',
      ', ' || quote_ident(p_queue.attempts_column) || ' = w.attempt'
    ),
    p_queue.id_column, p_queue.id_type, p_queue.pending
  ) into job_ids, attempts, jobs using p_ids, p_attempts, p_now;
end;
$function$;
