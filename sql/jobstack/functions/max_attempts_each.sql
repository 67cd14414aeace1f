-- How often each of these jobs of a queue may be tried, in the order of p_ids: what its own row says, where the queue has
-- a max_retries_column and the row is there, else what holds for the queue. Called by limit_retries() and suspects().
create or replace function jobstack.max_attempts_each(p_queue jobstack.queue, p_ids text[])
returns int[]
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
  v_allowed int[];
begin
  if p_queue.max_retries_column is null then
    return array(select p_queue.max_attempts::int from unnest(p_ids));
  end if;
  execute format(
    'select array_agg(jobstack.max_attempts_of($2, t.%1$I) order by w.n)
     from unnest($1) with ordinality w(job_id, n)
     left join %2$I.%3$I t on t.%4$I = w.job_id::%5$s',
    p_queue.max_retries_column, p_queue.table_schema, p_queue.table_name, p_queue.id_column, p_queue.id_type
  ) into v_allowed using p_ids, p_queue;
  return v_allowed;
end;
$function$;
