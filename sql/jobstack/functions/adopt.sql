-- Makes pending rows ready that stand in none of ready, scheduled and lease, or scheduled if they are for later; returns
-- how many. They start afresh, with no attempt made but the retries that their row counts. Does nothing while the queue
-- has a backlog, which bounds the work, while another session adopts, or in an observed queue, which has none of the
-- three.
-- Called by poll() and wake_all_pending(). Takes the queue's adoption lock, without waiting.
create or replace function jobstack.adopt(p_queue jobstack.queue)
returns int
language plpgsql
set search_path = ''
as $function$
declare
  v_now constant timestamptz := jobstack.now();
  v_backlog_limit constant int := 10000;
  v_batch constant int := 10000;
  v_known int;
  v_adopted text[];
  v_delayed int;
  v_count int;
begin
  if p_queue.kind <> 'managed' or not pg_try_advisory_xact_lock(jobstack.lock_space(), - p_queue.id) then
    return 0;
  end if;
  select count(*) into v_known
  from (
    (select from jobstack.ready_ids(p_queue.id, v_backlog_limit))
    union all
    (select from jobstack.scheduled s where s.queue_id = p_queue.id limit v_backlog_limit)
  ) known;
  if v_known >= v_backlog_limit then
    return 0;
  end if;
  perform jobstack.announce_ready(p_queue.id);
  -- One statement, one snapshot: a job moves between these tables only together with its status.
  execute format(
    'with known as materialized (
       select r.job_id from jobstack.ready_ids($1, $4) r(job_id)
       union all select s.job_id from jobstack.scheduled s where s.queue_id = $1
       union all select unnest(l.job_ids) from jobstack.lease l where l.queue_id = $1
     ), unknown as materialized (
       select t.%3$I::text as job_id, %6$s as priority, %8$s as run_at, %9$s as attempt
       from %1$I.%2$I t
       where t.%4$I = %5$L::%7$s and not exists (select from known k where k.job_id = t.%3$I::text)
       limit $3
     ), made_ready as (
       insert into jobstack.ready (queue_id, priority, attempt, ready_at, job_id)
       select $1, u.priority, u.attempt, $2, u.job_id from unknown u where (u.run_at > $2) is not true
     ), delayed as (
       insert into jobstack.scheduled (queue_id, priority, attempt, run_at, job_id)
       select $1, u.priority, u.attempt, u.run_at, u.job_id from unknown u where u.run_at > $2
     )
     select array_agg(u.job_id), count(*) filter (where u.run_at > $2) from unknown u',
    p_queue.table_schema, p_queue.table_name, p_queue.id_column, p_queue.status_column, p_queue.pending,
    coalesce('coalesce(t.' || quote_ident(p_queue.priority_column) || ', 0)', '0'), p_queue.status_type,
    coalesce('t.' || quote_ident(p_queue.run_at_column), 'null') || '::timestamptz',
    coalesce('least(greatest(t.' || quote_ident(p_queue.retries_column) || ', 0), 999)', '0')
  ) into v_adopted, v_delayed using p_queue.id, v_now, v_batch, v_backlog_limit;
  v_count := coalesce(cardinality(v_adopted), 0);
  if v_count > 0 then
    delete from jobstack.attempt a where a.queue_id = p_queue.id and a.job_id = any (v_adopted);
    insert into jobstack.count_delta (queue_id, ready, scheduled, enqueued)
    values (p_queue.id, v_count - v_delayed, v_delayed, v_count);
  end if;
  return v_count;
end;
$function$;
