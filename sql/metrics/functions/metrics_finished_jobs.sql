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
set client_min_messages = error
as $function$
declare
  v_queue record;
begin
  if to_regclass('jobstack.queue') is null then
    return;
  end if;
  for v_queue in
    select
      q.name, timestamptz 'epoch' + (p_after ->> q.name)::bigint * interval '1 microsecond' as after,
      to_jsonb(q) || jsonb_build_object(
        'completed', array_remove(array[q.completed], null), 'failed', array_remove(array[q.failed], null)
      ) as facts
      from jobstack.queue q
     where p_after ? q.name and q.completed_at_column is not null
     order by q.name
  loop
    begin
      return query
        select v_queue.name, f.*
          from jobstack.finished_jobs_of(
            v_queue.facts, v_queue.after, p_wait_bounds, p_run_bounds, p_attempt_bounds, p_limit
          ) f;
    exception
      when others then
        raise warning 'queue "%": its finished jobs could not be read: %', v_queue.name, sqlerrm;
    end;
  end loop;
end;
$function$;
