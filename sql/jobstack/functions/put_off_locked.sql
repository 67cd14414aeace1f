-- Takes those of a claim's jobs that cannot be had now, since someone else has locked their rows, out of p_ids and
-- p_attempts, and makes them wait until p_until. The rest stays locked for the caller. Waits for no lock. Called by
-- claim().
create or replace function jobstack.put_off_locked(
  p_queue jobstack.queue, inout p_ids text[], inout p_attempts smallint[], p_priorities int[], p_until timestamptz
)
language plpgsql
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $function$
declare
  v_busy int;
begin
  -- The status is read without a lock for those that are put off, and again, with it, when they are started.
  execute format(
    'with wanted as (
       select * from unnest($1, $2, $3) with ordinality w(job_id, attempt, priority, n)
     ), locked as materialized (
       select w.job_id, w.attempt, w.n
       from wanted w
       join %1$I.%2$I t on t.%3$I = w.job_id::%4$s
       where (t.%5$I = %6$L::%7$s) is true
       for no key update of t skip locked
     ), put_off as (
       insert into jobstack.scheduled (queue_id, run_at, priority, attempt, job_id)
       select $4, $5, w.priority, w.attempt - 1, w.job_id
       from wanted w
       join %1$I.%2$I t on t.%3$I = w.job_id::%4$s
       where (t.%5$I = %6$L::%7$s) is true and w.n not in (select l.n from locked l)
       returning 1
     )
     select
       array(select l.job_id from locked l order by l.n), array(select l.attempt from locked l order by l.n),
       (select count(*) from put_off)',
    p_queue.table_schema, p_queue.table_name, p_queue.id_column, p_queue.id_type, p_queue.status_column,
    p_queue.pending, p_queue.status_type
  ) into p_ids, p_attempts, v_busy using p_ids, p_attempts, p_priorities, p_queue.id, p_until;
  if v_busy > 0 then
    insert into jobstack.count_delta (queue_id, scheduled) values (p_queue.id, v_busy);
  end if;
end;
$function$;
