-- Which of these jobs may be what ended their worker, in the order of p_ids: those in their last attempt whose attempt
-- before ended with their worker, less than an hour ago. p_attempts are the attempts that they are in, or begin.
-- Called by hold_back_suspects().
create or replace function jobstack.suspects(
  p_queue jobstack.queue, p_ids text[], p_attempts smallint[], p_now timestamptz
)
returns text[]
language plpgsql
volatile
set search_path = ''
-- By the key alone, as in close_jobs().
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $function$
declare
  v_ids text[];
  v_attempts smallint[];
begin
  -- By the errors of rescue(), and of a worker that had the time to say that it is being ended.
  select array_agg(w.job_id order by w.n), array_agg(w.attempt order by w.n) into v_ids, v_attempts
  from unnest(p_ids, p_attempts) with ordinality w(job_id, attempt, n)
  join jobstack.attempt a on a.queue_id = p_queue.id and a.job_id = w.job_id and a.attempt = w.attempt - 1
  where w.attempt > 1 and a.failed_at > p_now - interval '1 hour'
    and a.last_error ~ '^(lease expired: worker|the runtime ended the worker) ';
  return array(
    select w.job_id
    from unnest(v_ids, v_attempts, jobstack.max_attempts_each(p_queue, v_ids))
      with ordinality w(job_id, attempt, allowed, n)
    where w.attempt >= w.allowed
    order by w.n
  );
end;
$function$;
