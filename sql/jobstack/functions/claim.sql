-- Hands up to p_want ready jobs to a worker under one new lease: rows leave ready in index order, the user's rows
-- become processing. A job that is no longer pending falls out; one whose row someone else has locked is put off for
-- a second, so that nobody's long transaction stops the queue. Waits for no lock. Called by step().
create or replace function jobstack.claim(p_queue jobstack.queue, p_worker uuid, p_want int, p_now timestamptz)
returns table (job_id text, token bigint, attempt int, lease_until timestamptz, job jsonb)
language plpgsql
set search_path = ''
-- ready in its index's order, even by a plan made while it was empty; and the user's table by its key alone: the
-- planner would rather read all of a middle-sized table than probe it some hundred times, at the price of history.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $function$
#variable_conflict use_column
declare
  v_token constant bigint := nextval('jobstack.lease_token');
  v_lease_until constant timestamptz := p_now + make_interval(secs => p_queue.lease_seconds);
  v_ids text[];
  v_attempts smallint[];
  v_priorities int[];
  v_taken int;
  v_claimed int;
  v_busy int := 0;
begin
  with taken as (
    delete from jobstack.ready r
    where r.ctid = any (array(
      select c.ctid from jobstack.ready c
      where c.queue_id = p_queue.id
      order by c.priority desc, c.seq
      limit p_want
      for update skip locked
    ))
    returning r.job_id, r.attempt, r.priority, r.seq
  ), ordered as (
    select t.job_id, (t.attempt + 1)::smallint as attempt, t.priority from taken t order by t.priority desc, t.seq
  )
  select array_agg(o.job_id), array_agg(o.attempt), array_agg(o.priority), count(*)
  into v_ids, v_attempts, v_priorities, v_taken
  from ordered o;
  if v_taken = 0 then
    return;
  end if;

  -- "is true" hides the status from the planner, which would else read all pending rows by an index on it.
  return query execute format(
    'with wanted as materialized (
       select t.%3$I as id, w.job_id, w.attempt, w.n
       from unnest($1, $2) with ordinality w(job_id, attempt, n)
       join %1$I.%2$I t on t.%3$I = w.job_id::%4$s
       where (t.%5$I = %6$L::%7$s) is true
       for no key update of t skip locked
     ), claimed as (
       update %1$I.%2$I t set %5$I = %8$L::%7$s%9$s
       from wanted w
       where t.%3$I = w.id
       returning w.job_id, w.attempt, w.n, to_jsonb(t) as job
     ), leased as (
       insert into jobstack.lease (token, queue_id, worker, claimed_at, lease_until, job_ids, attempts)
       select $3, $4, $5, $6, $7, array_agg(c.job_id order by c.n),
         case when max(c.attempt) > 1 then array_agg(c.attempt order by c.n) end
       from claimed c
       having count(*) > 0
     )
     select c.job_id, $3, c.attempt::int, $7, c.job from claimed c order by c.n',
    p_queue.table_schema, p_queue.table_name, p_queue.id_column, p_queue.id_type, p_queue.status_column,
    p_queue.pending, p_queue.status_type, p_queue.processing,
    concat(
      ', ' || quote_ident(p_queue.started_at_column) || ' = $6',
      ', ' || quote_ident(p_queue.attempts_column) || ' = w.attempt'
    )
  ) using v_ids, v_attempts, v_token, p_queue.id, p_worker, p_now, v_lease_until;
  get diagnostics v_claimed = row_count;

  if v_claimed < v_taken then
    execute format(
      'insert into jobstack.scheduled (queue_id, run_at, priority, attempt, job_id)
       select $1, $2, w.priority, w.attempt - 1, w.job_id
       from unnest($3, $4, $5) w(job_id, attempt, priority)
       join %I.%I t on t.%I = w.job_id::%s
       where (t.%I = %L::%s) is true',
      p_queue.table_schema, p_queue.table_name, p_queue.id_column, p_queue.id_type,
      p_queue.status_column, p_queue.pending, p_queue.status_type
    ) using p_queue.id, p_now + interval '1 second', v_ids, v_attempts, v_priorities;
    get diagnostics v_busy = row_count;
  end if;

  insert into jobstack.count_delta (queue_id, ready, processing, scheduled)
  values (p_queue.id, - v_taken, v_claimed, v_busy);
end;
$function$;
