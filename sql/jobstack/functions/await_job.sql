-- Waits up to p_ms for a job that is ready, and that there is room for: true as soon as there is one, false when the
-- time is up. For a worker that has nothing to do and counts as awake, for which inserts therefore make no call: to look
-- here every few milliseconds costs a hundredth of asking from outside, and needs no session of its own, as LISTEN would.
-- Looks less often where looking takes long. Holds back vacuum while it waits, so p_ms is at most 1000. No lock. Called
-- by workers, in read committed.
create or replace function jobstack.await_job(p_queue text, p_ms int)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set enable_seqscan = off
as $function$
declare
  v_queue constant jobstack.queue := jobstack.managed_queue(p_queue);
  v_until constant timestamptz := clock_timestamp() + make_interval(secs => least(p_ms, 1000) / 1000.0);
  v_looked_at timestamptz;
begin
  loop
    v_looked_at := clock_timestamp();
    if not v_queue.paused and exists (select from jobstack.ready_ids(v_queue.id, 1))
      and (v_queue.max_running is null or jobstack.running(v_queue.id) < v_queue.max_running) then
      return true;
    end if;
    if v_looked_at >= v_until then
      return false;
    end if;
    perform pg_sleep(greatest(0.004, 20 * extract(epoch from clock_timestamp() - v_looked_at)));
  end loop;
end;
$function$;
