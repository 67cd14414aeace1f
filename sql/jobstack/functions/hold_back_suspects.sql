-- A job that kills its worker takes all others down that the worker holds, and would take them all the way: so of jobs
-- that may be the killer and have one attempt left, a worker holds one at a time. Takes the others out of p_ids,
-- p_attempts and p_priorities (null when none is left), and makes them wait some seconds, one after the other.
-- Called by claim(), when it has jobs that were tried before.
create or replace function jobstack.hold_back_suspects(
  p_queue jobstack.queue, p_worker uuid, inout p_ids text[], inout p_attempts smallint[], inout p_priorities int[],
  p_now timestamptz
)
language plpgsql
volatile
set search_path = ''
set enable_seqscan = off
as $function$
declare
  v_suspects text[] := jobstack.suspects(p_queue, p_ids, p_attempts, p_now);
  v_held text[];
  v_waiting int;
begin
  if v_suspects = '{}' then
    return;
  end if;
  select jobstack.suspects(p_queue, array_agg(h.job_id), array_agg(h.attempt), p_now) into v_held
  from jobstack.lease l
  cross join lateral unnest(l.job_ids, l.attempts) h(job_id, attempt)
  where l.queue_id = p_queue.id and l.worker = p_worker and l.attempts is not null;
  if v_held = '{}' then
    v_suspects := v_suspects[2:];
  end if;

  insert into jobstack.scheduled (queue_id, run_at, priority, attempt, job_id)
  select
    p_queue.id, p_now + make_interval(secs => row_number() over (order by w.n)), w.priority, w.attempt - 1, w.job_id
  from unnest(p_ids, p_attempts, p_priorities) with ordinality w(job_id, attempt, priority, n)
  where w.job_id = any (v_suspects);
  get diagnostics v_waiting = row_count;
  if v_waiting > 0 then
    insert into jobstack.count_delta (queue_id, ready, scheduled) values (p_queue.id, - v_waiting, v_waiting);
  end if;
  select array_agg(w.job_id order by w.n), array_agg(w.attempt order by w.n), array_agg(w.priority order by w.n)
  into p_ids, p_attempts, p_priorities
  from unnest(p_ids, p_attempts, p_priorities) with ordinality w(job_id, attempt, priority, n)
  where w.job_id <> all (v_suspects);
end;
$function$;
