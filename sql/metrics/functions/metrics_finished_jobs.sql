-- What became of the jobs that finished since the exporter last looked: p_after has that time for each queue, in
-- microseconds since 1970, as {"mail": 1700000000000000}. One row for each combination of outcome and of the buckets
-- into which waiting time, run time and number of attempts fall, counted from 0; a bucket is null where the table does
-- not tell, and the outcome of jobs that ended otherwise, of which only until_us matters. until_us is the time up to
-- which a queue was counted: at most p_limit jobs or so, the last five seconds left for the next call, in case a
-- transaction that finished jobs is still to be committed. A queue whose table refuses has no rows, and the server's log
-- says why. Reads by the index that metrics_timed_queues() demands.
-- Waiting times are those of first attempts, where the table counts attempts: a later start says nothing of waiting.
-- Called by the exporter (collector finished_jobs).
create or replace function jobstack.metrics_finished_jobs(
  p_after jsonb, p_wait_bounds float8[], p_run_bounds float8[], p_attempt_bounds float8[], p_limit int
)
returns table (
  queue text, until_us bigint, outcome text, wait_bucket int, run_bucket int, attempt_bucket int, jobs bigint,
  wait_sum float8, run_sum float8, attempt_sum float8
)
language plpgsql
stable
security definer
set search_path = ''
-- Leaves the planner only the order of the index, also by a plan made while the table was small.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set jit = off
set client_min_messages = error
as $function$
declare
  v_queue record;
  v_created text;
  v_started text;
  v_attempts text;
begin
  if to_regclass('jobstack.queue') is null then
    return;
  end if;
  for v_queue in
    select q.*, timestamptz 'epoch' + (p_after ->> q.name)::bigint * interval '1 microsecond' as after
      from jobstack.queue q
     where p_after ? q.name and q.completed_at_column is not null
     order by q.name
  loop
    v_created := coalesce('t.' || quote_ident(v_queue.created_at_column), 'null') || '::timestamptz';
    v_started := coalesce('t.' || quote_ident(v_queue.started_at_column), 'null') || '::timestamptz';
    v_attempts := coalesce('t.' || quote_ident(v_queue.attempts_column), 'null') || '::float8';
    begin
      return query execute format(
        'with first as (
           select t.%1$I as ended from %2$I.%3$I t where t.%1$I > $1 and t.%1$I <= $2 order by t.%1$I limit $3
         ), until as materialized (
           select max(f.ended)::timestamptz as ended from first f
         ), job as (
           -- A start before the creation counts as no waiting; unknown times stay null.
           select
             case when t.%4$I = %5$L::%7$s then ''completed'' when t.%4$I = %6$L::%7$s then ''failed'' end as outcome,
             case when coalesce(%8$s, 1) <= 1 then extract(epoch from %9$s - %10$s)::float8 * (%9$s > %10$s)::int end as wait,
             extract(epoch from t.%1$I::timestamptz - %9$s)::float8 * (t.%1$I > %9$s)::int as run,
             %8$s as attempts
           from %2$I.%3$I t
           where t.%1$I > $1 and t.%1$I <= (select u.ended from until u)
         )
         select
           $4, (extract(epoch from (select u.ended from until u)) * 1000000)::bigint, j.outcome,
           %11$s, %12$s, %13$s, count(*), coalesce(sum(j.wait), 0), coalesce(sum(j.run), 0), coalesce(sum(j.attempts), 0)
         from job j
         group by 3, 4, 5, 6',
        v_queue.completed_at_column, v_queue.table_schema, v_queue.table_name, v_queue.status_column, v_queue.completed,
        v_queue.failed, v_queue.status_type, v_attempts, v_started, v_created,
        -- The bounds below a value, for a bucket holds its upper bound.
        'cardinality($5) - width_bucket(-j.wait, $5)', 'cardinality($6) - width_bucket(-j.run, $6)',
        'cardinality($7) - width_bucket(-j.attempts, $7)'
      ) using
        v_queue.after, now() - interval '5 seconds', p_limit, v_queue.name,
        array(select -b from unnest(p_wait_bounds) b order by b desc),
        array(select -b from unnest(p_run_bounds) b order by b desc),
        array(select -b from unnest(p_attempt_bounds) b order by b desc);
    exception
      when others then
        raise warning 'queue "%": its finished jobs could not be read: %', v_queue.name, sqlerrm;
    end;
  end loop;
end;
$function$;
