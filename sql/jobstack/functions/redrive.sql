-- Makes jobs that failed for good pending again, as new: those of p_ids, cancelled ones included, or, when that is null,
-- all that failed. One whose time is yet to come waits for it. At most 10,000 at once; returns how many, so call it again
-- until it returns 0. A job whose key an open job has, or another of these, stays as it is. Without p_ids it reads the
-- table for the status, so its cost is that of a query by status. Called by operators. Skips rows that someone else has
-- locked.
create or replace function jobstack.redrive(p_queue text, p_ids text[] default null)
returns int
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_queue constant jobstack.queue := jobstack.managed_queue(p_queue);
  v_now constant timestamptz := jobstack.now();
  v_ids text[];
  v_delayed int;
  v_count int;
begin
  perform jobstack.announce_ready(v_queue.id);
  execute format(
    'with dead as materialized (
       select t.%3$I as id, %4$s as key
       from %1$I.%2$I t
       where %5$s%6$s
       limit 10000
       for update skip locked
     ), revived as (
       update %1$I.%2$I t set %7$I = %8$L::%9$s%10$s
       from (select distinct on (coalesce(d.key, d.id::text), d.key is null) d.id from dead d) d
       where t.%3$I = d.id
       returning t.%3$I::text as job_id, %11$s as priority, %12$s as run_at
     ), made_ready as (
       insert into jobstack.ready (queue_id, priority, attempt, ready_at, job_id)
       select $2, r.priority, 0, $3, r.job_id from revived r where (r.run_at > $3) is not true
     ), delayed as (
       insert into jobstack.scheduled (queue_id, priority, attempt, run_at, job_id)
       select $2, r.priority, 0, r.run_at, r.job_id from revived r where r.run_at > $3
     )
     select array_agg(r.job_id), count(*) filter (where r.run_at > $3) from revived r',
    v_queue.table_schema, v_queue.table_name, v_queue.id_column,
    coalesce('t.' || quote_ident(v_queue.key_column) || '::text', 'null::text'),
    case when p_ids is null then format('t.%I = %L::%s', v_queue.status_column, v_queue.failed, v_queue.status_type)
    else format(
      't.%1$I = any ($1::%2$s[]) and t.%3$I in (%4$L::%6$s, %5$L::%6$s)',
      v_queue.id_column, v_queue.id_type, v_queue.status_column, v_queue.failed,
      coalesce(v_queue.cancelled, v_queue.failed), v_queue.status_type
    ) end,
    case when v_queue.key_column is not null then format(
      ' and not exists (
         select from %1$I.%2$I o where o.%3$I = t.%3$I and o.%4$I in (%5$L::%7$s, %6$L::%7$s)
       )',
      v_queue.table_schema, v_queue.table_name, v_queue.key_column, v_queue.status_column, v_queue.pending,
      v_queue.processing, v_queue.status_type
    ) end,
    v_queue.status_column, v_queue.pending, v_queue.status_type,
    concat(
      ', ' || quote_ident(v_queue.completed_at_column) || ' = null',
      ', ' || quote_ident(v_queue.retries_column) || ' = 0'
    ),
    coalesce('coalesce(t.' || quote_ident(v_queue.priority_column) || ', 0)', '0'),
    coalesce('t.' || quote_ident(v_queue.run_at_column), 'null') || '::timestamptz'
  ) into v_ids, v_delayed using p_ids, v_queue.id, v_now;
  v_count := coalesce(cardinality(v_ids), 0);
  if v_count > 0 then
    delete from jobstack.attempt a where a.queue_id = v_queue.id and a.job_id = any (v_ids);
    insert into jobstack.count_delta (queue_id, ready, scheduled, enqueued)
    values (v_queue.id, v_count - v_delayed, v_delayed, v_count);
    perform jobstack.wake(p_queue);
  end if;
  return v_count;
end;
$function$;
