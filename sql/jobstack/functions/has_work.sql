-- Whether a worker would find something to do now: a ready job, if there is room for it, a due one, or an expired lease;
-- in an observed queue, a pending row of its table. Called by sleep(), poll(), tick() and resume_queue(). A few index
-- probes.
create or replace function jobstack.has_work(p_queue_id smallint)
returns boolean
language plpgsql
volatile
set search_path = ''
set enable_seqscan = off
as $function$
declare
  v_now constant timestamptz := jobstack.now();
  v_queue jobstack.queue;
begin
  select * into v_queue from jobstack.queue q where q.id = p_queue_id;
  if v_queue.kind = 'observed' then
    return jobstack.has_pending(v_queue);
  end if;
  return exists (select from jobstack.ready_ids(p_queue_id, 1))
    and (v_queue.max_running is null or jobstack.running(p_queue_id) < v_queue.max_running)
    or exists (select from jobstack.scheduled s where s.queue_id = p_queue_id and s.run_at <= v_now)
    or exists (select from jobstack.lease l where l.queue_id = p_queue_id and l.lease_until < v_now);
end;
$function$;
