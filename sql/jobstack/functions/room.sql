-- How many of p_want jobs a worker may claim of a queue that has limits, by the number that may run at once. Leases are
-- counted, so a worker that dies gives its share back when its lease is closed. Called by step_batch(). Waits for other
-- claims of the queue, which then take turns until the transaction ends: else two could each take the last place.
create or replace function jobstack.room(p_queue jobstack.queue, p_want int)
returns int
language plpgsql
volatile
set search_path = ''
as $function$
begin
  perform pg_advisory_xact_lock(jobstack.lock_space() + 1, p_queue.id);
  if p_queue.max_running is null then
    return p_want;
  end if;
  -- A statement of its own, so that its snapshot is newer than the lock.
  return greatest(least(p_want, p_queue.max_running - jobstack.running(p_queue.id)), 0);
end;
$function$;
