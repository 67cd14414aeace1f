-- Hands up to p_want ready jobs to a worker under one new lease: rows leave ready in index order, the user's rows
-- become processing. A job that is no longer pending falls out; one whose row someone else has locked is put off for
-- a second, so that nobody's long transaction stops the queue. job_ids, attempts (null when each is the first) and jobs,
-- an array of the user's rows, are in the order of the claim; all are null when there is no job. Called by step_batch().
create or replace function jobstack.claim(
  p_queue jobstack.queue, p_worker uuid, p_want int, p_now timestamptz,
  out token bigint, out lease_until timestamptz, out job_ids text[], out attempts smallint[], out jobs json
)
language plpgsql
set search_path = ''
as $function$
declare
  -- A look over that many deleted rows costs about a millisecond.
  v_longest_walk constant int := 8192;
  v_lock_timeout constant text := current_setting('lock_timeout');
  v_ids text[];
  v_attempts smallint[];
  v_priorities int[];
  v_first_seq bigint;
  v_walked bigint;
begin
  if p_queue.rate_limits is null then
    select * into v_ids, v_attempts, v_priorities, v_first_seq, v_walked from jobstack.take_ready(p_queue.id, p_want);
    if v_walked > v_longest_walk then
      perform jobstack.raise_floor(p_queue.id, v_priorities[1], v_first_seq);
    end if;
  else
    select t.job_ids, t.attempts, t.priorities into v_ids, v_attempts, v_priorities
    from jobstack.take_within_limits(p_queue, p_want, p_now) t;
  end if;
  if 1 < any (v_attempts) then
    select s.p_ids, s.p_attempts, s.p_priorities into v_ids, v_attempts, v_priorities
    from jobstack.hold_back_suspects(p_queue, p_worker, v_ids, v_attempts, v_priorities, p_now) s;
  end if;
  if v_ids is null then
    return;
  end if;

  -- To lock the rows first costs as much as the update itself. A lock in the way is rare, so it may cost more.
  begin
    perform set_config('lock_timeout', '20ms', true);
    select s.* into job_ids, attempts, jobs from jobstack.start_jobs(p_queue, v_ids, v_attempts, p_now) s;
    perform set_config('lock_timeout', v_lock_timeout, true);
  exception
    when lock_not_available or deadlock_detected then
      select s.* into job_ids, attempts, jobs
      from jobstack.put_off_locked(p_queue, v_ids, v_attempts, v_priorities, p_now + interval '1 second') free
      cross join lateral jobstack.start_jobs(p_queue, free.p_ids, free.p_attempts, p_now) s;
  end;
  if job_ids is not null then
    token := nextval('jobstack.lease_token');
    lease_until := p_now + make_interval(secs => p_queue.lease_seconds);
    insert into jobstack.lease (token, queue_id, worker, claimed_at, lease_until, job_ids, attempts)
    values (token, p_queue.id, p_worker, p_now, lease_until, job_ids, attempts);
  end if;
  insert into jobstack.count_delta (queue_id, ready, processing)
  values (p_queue.id, - cardinality(v_ids), coalesce(cardinality(job_ids), 0));
end;
$function$;
