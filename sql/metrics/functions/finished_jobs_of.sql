-- What became of a table's jobs that finished after p_after: see metrics_finished_jobs(), whose rows these are without
-- the queue's name. p_table has what jobstack.queue knows of a table, by the names of its columns, but a list of words for
-- completed and for failed. Needs an index that begins with the completion time.
-- Called by metrics_finished_jobs(), and by metrics_job_table_times() where the exporter watches job tables by themselves.
create or replace function jobstack.finished_jobs_of(
  p_table jsonb, p_after timestamptz, p_wait_bounds float8[], p_run_bounds float8[], p_attempt_bounds float8[],
  p_limit int
)
returns table (
  until_us bigint, outcome text, wait_bucket int, run_bucket int, attempt_bucket int, jobs bigint, wait_sum float8,
  run_sum float8, attempt_sum float8
)
language plpgsql
stable
set search_path = ''
-- Leaves the planner only the order of the index, also by a plan made while the table was small.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set jit = off
as $function$
declare
  v_created constant text :=
    coalesce('t.' || quote_ident(p_table ->> 'created_at_column'), 'null') || '::timestamptz';
  v_started constant text :=
    coalesce('t.' || quote_ident(p_table ->> 'started_at_column'), 'null') || '::timestamptz';
  v_attempts constant text := coalesce('t.' || quote_ident(p_table ->> 'attempts_column'), 'null') || '::float8';
  v_any boolean;
begin
  -- Most queues have nothing new at most times, and to plan the whole for each would cost more than all the rest.
  execute format(
    'select exists (select from %2$I.%3$I t where t.%1$I > $1 and t.%1$I <= $2)',
    p_table ->> 'completed_at_column', p_table ->> 'table_schema', p_table ->> 'table_name'
  ) into v_any using p_after, now() - interval '5 seconds';
  if not v_any then
    return;
  end if;
  return query execute format(
    'with first as (
       select t.%1$I as ended from %2$I.%3$I t where t.%1$I > $1 and t.%1$I <= $2 order by t.%1$I limit $3
     ), until as materialized (
       select max(f.ended)::timestamptz as ended from first f
     ), job as (
       -- A start before the creation counts as no waiting; unknown times stay null.
       select
         case
           when t.%4$I = any (%5$L::%7$s[]) then ''completed''
           when t.%4$I = any (%6$L::%7$s[]) then ''failed''
         end as outcome,
         case when coalesce(%8$s, 1) <= 1 then extract(epoch from %9$s - %10$s)::float8 * (%9$s > %10$s)::int end as wait,
         extract(epoch from t.%1$I::timestamptz - %9$s)::float8 * (t.%1$I > %9$s)::int as run,
         %8$s as attempts
       from %2$I.%3$I t
       where t.%1$I > $1 and t.%1$I <= (select u.ended from until u)
     )
     select
       (extract(epoch from (select u.ended from until u)) * 1000000)::bigint, j.outcome,
       %11$s, %12$s, %13$s, count(*), coalesce(sum(j.wait), 0), coalesce(sum(j.run), 0), coalesce(sum(j.attempts), 0)
     from job j
     group by 2, 3, 4, 5',
    p_table ->> 'completed_at_column', p_table ->> 'table_schema', p_table ->> 'table_name',
    p_table ->> 'status_column', array(select jsonb_array_elements_text(p_table -> 'completed')),
    array(select jsonb_array_elements_text(p_table -> 'failed')), p_table ->> 'status_type', v_attempts, v_started,
    v_created,
    -- The bounds below a value, for a bucket holds its upper bound.
    'cardinality($4) - width_bucket(-j.wait, $4)', 'cardinality($5) - width_bucket(-j.run, $5)',
    'cardinality($6) - width_bucket(-j.attempts, $6)'
  ) using
    p_after, now() - interval '5 seconds', p_limit,
    array(select -b from unnest(p_wait_bounds) b order by b desc),
    array(select -b from unnest(p_run_bounds) b order by b desc),
    array(select -b from unnest(p_attempt_bounds) b order by b desc);
end;
$function$;
