-- Ends jobs that succeeded: writes the user's rows, forgets the errors of those in p_retried_ids, takes all out of their
-- leases. p_results is null when none has a result. A row that is no longer processing (cancelled, deleted) is left as
-- it is. May wait for a row that someone else has locked. The caller has locked the leases. Called by finish().
create or replace function jobstack.complete_jobs(
  p_queue jobstack.queue, p_tokens bigint[], p_ids text[], p_results jsonb[], p_retried_ids text[], p_now timestamptz
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
  v_with_result constant boolean := p_results is not null and p_queue.result_column is not null;
  v_completed int;
begin
  -- "is true" hides the status from the planner, which would else read all processing rows by an index on it. A column
  -- that is not declared makes its part null, and concat leaves it out.
  execute format(
    'update %1$I.%2$I t set %3$I = %4$L::%5$s%6$s where %7$s and (t.%3$I = %8$L::%5$s) is true',
    p_queue.table_schema, p_queue.table_name, p_queue.status_column, p_queue.completed, p_queue.status_type,
    concat(
      ', ' || quote_ident(p_queue.error_column) || ' = null',
      ', ' || quote_ident(p_queue.completed_at_column) || ' = $3',
      case when v_with_result then
        format(', %1$I = coalesce(w.result::%2$s, t.%1$I) from (select unnest($1) as id, unnest($2) as result) w',
          p_queue.result_column, p_queue.result_type)
      end
    ),
    case when v_with_result then format('t.%I = w.id::%s', p_queue.id_column, p_queue.id_type)
      -- By a subquery, because the planner would weigh each of the ids if it saw them.
      else format('t.%I = any (array(select unnest($1)::%s))', p_queue.id_column, p_queue.id_type)
    end,
    p_queue.processing
  ) using p_ids, p_results, p_now;
  get diagnostics v_completed = row_count;
  if p_retried_ids is not null then
    delete from jobstack.attempt a where a.queue_id = p_queue.id and a.job_id = any (p_retried_ids);
  end if;
  perform jobstack.shrink_leases(p_tokens, p_ids);
  insert into jobstack.count_delta (queue_id, processing, completed)
  values (p_queue.id, - cardinality(p_ids), v_completed);
end;
$function$;
