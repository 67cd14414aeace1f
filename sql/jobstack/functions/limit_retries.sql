-- The closings with those retries turned into failures that the jobs' own rows do not allow any more. A row that says
-- nothing has its queue's limit. Called by close_jobs(), for a queue with a max_retries_column.
create or replace function jobstack.limit_retries(p_queue jobstack.queue, p_closings jobstack.closing[])
returns jobstack.closing[]
language plpgsql
stable
set search_path = ''
-- The user's table by its key alone, as in close_jobs().
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $function$
declare
  v_closings jobstack.closing[];
begin
  execute format(
    'select array_agg(
       case
         when c.outcome = ''retry'' and c.attempt >= jobstack.max_attempts_of($2, t.%1$I)
         then jsonb_populate_record(c, ''{"outcome": "failed"}'')
         else c
       end
     )
     from unnest($1) c
     left join %2$I.%3$I t on t.%4$I = c.job_id::%5$s',
    p_queue.max_retries_column, p_queue.table_schema, p_queue.table_name, p_queue.id_column, p_queue.id_type
  ) into v_closings using p_closings, p_queue;
  return v_closings;
end;
$function$;
