-- A worker's one call: ends the jobs of p_done (see finish()), then claims up to p_want more, at most 1000. Calling it
-- again with the same p_done is harmless. A worker that asks for jobs counts as awake for ten seconds, since it will
-- ask again; one that only reports does not, so that inserts call for another while it is busy.
-- Called by workers, in read committed.
create or replace function jobstack.step(
  p_queue text, p_worker uuid, p_done jsonb default '[]', p_want int default 0
)
returns table (job_id text, token bigint, attempt int, max_attempts int, lease_until timestamptz, job jsonb)
language plpgsql
security definer
set search_path = ''
as $function$
#variable_conflict use_column
declare
  v_queue constant jobstack.queue := jobstack.managed_queue(p_queue);
  v_now constant timestamptz := jobstack.now();
  v_want constant int := least(coalesce(p_want, 0), 1000);
begin
  perform jobstack.finish(v_queue, p_worker, p_done, v_now);
  if v_want > 0 then
    perform jobstack.keep_awake(v_queue.id, p_worker, v_now);
    if not v_queue.paused then
      perform jobstack.renew(v_queue, v_now);
      return query
        select
          c.job_id, c.token, c.attempt,
          jobstack.max_attempts_of(v_queue, (c.job ->> v_queue.max_retries_column)::bigint), c.lease_until, c.job
        from jobstack.claim(v_queue, p_worker, v_want, v_now) c;
    end if;
  end if;
end;
$function$;
