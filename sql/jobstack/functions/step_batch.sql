-- A worker's one call: ends the jobs of p_done (see finish()), then claims up to p_want more, at most 1000, and returns
-- them as one row, or no row. jobs is an array of the user's rows; job_ids, attempts and max_attempts are in its order,
-- but attempts is null when each is the first, and max_attempts has one element when it is the same for all.
-- Calling it again with the same p_done is harmless. A worker that asks for jobs counts as awake for ten seconds, since
-- it will ask again; one that only reports does not, so that inserts call for another while it is busy.
-- Called by workers, in read committed.
create or replace function jobstack.step_batch(
  p_queue text, p_worker uuid, p_done jsonb default '[]', p_want int default 0
)
returns table (
  token bigint, lease_until timestamptz, job_ids text[], attempts smallint[], max_attempts int[], jobs json
)
language plpgsql
security definer
set search_path = ''
as $function$
#variable_conflict use_column
declare
  v_queue constant jobstack.queue := jobstack.managed_queue(p_queue);
  v_now constant timestamptz := jobstack.now();
  v_want int := least(coalesce(p_want, 0), 1000);
  v_since timestamptz;
begin
  perform jobstack.finish(v_queue, p_worker, p_done, v_now);
  if v_want > 0 then
    -- Now and then a worker looks for all that is due, whatever the tick does; between, for what has come due since.
    v_since := case when jobstack.keep_awake(v_queue.id, p_worker, v_now) then '-infinity'
      else v_now - interval '20 seconds' end;
    if not v_queue.paused then
      perform jobstack.renew(v_queue, v_now, v_since);
      if v_queue.max_running is not null or v_queue.rate_limits is not null then
        v_want := jobstack.room(v_queue, v_want);
      end if;
      return query
        select
          c.token, c.lease_until, c.job_ids, c.attempts,
          case when v_queue.max_retries_column is null then array[v_queue.max_attempts]
          else array(
            select jobstack.max_attempts_of(v_queue, (j.job ->> v_queue.max_retries_column)::bigint)
            from json_array_elements(c.jobs) with ordinality j(job, n)
            order by j.n
          ) end,
          c.jobs
        from jobstack.claim(v_queue, p_worker, v_want, v_now) c
        where c.token is not null;
    end if;
  end if;
end;
$function$;
