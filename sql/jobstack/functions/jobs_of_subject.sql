-- Which of p_ids are pending jobs of a rate limit's subject, in their order. Called by put_off_over_limit().
create or replace function jobstack.jobs_of_subject(p_queue jobstack.queue, p_subject jsonb, p_ids text[])
returns boolean[]
language plpgsql
volatile
set search_path = ''
-- The user's table by its key alone, as in start_jobs().
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $function$
declare
  v_of_subject boolean[];
begin
  execute format(
    'select array_agg(((t.%4$I = %5$L::%6$s) is true and %7$s) is true order by w.n)
     from unnest($1) with ordinality w(job_id, n)
     left join %1$I.%2$I t on t.%3$I = w.job_id::%8$s',
    p_queue.table_schema, p_queue.table_name, p_queue.id_column, p_queue.status_column, p_queue.pending,
    p_queue.status_type,
    case when p_subject ? 'column' then format('t.%I::text = %L', p_subject ->> 'column', p_subject ->> 'value')
    else 'true' end,
    p_queue.id_type
  ) into v_of_subject using p_ids;
  return v_of_subject;
end;
$function$;
