-- Whether a step() would find something to do now: a ready job, a due one, or an expired lease.
-- Called by sleep(), poll(), tick() and resume_queue(). Three index probes.
create or replace function jobstack.has_work(p_queue_id smallint)
returns boolean
language plpgsql
volatile
set search_path = ''
set enable_seqscan = off
as $function$
declare
  v_now constant timestamptz := jobstack.now();
begin
  return exists (select from jobstack.ready r where r.queue_id = p_queue_id)
    or exists (select from jobstack.scheduled s where s.queue_id = p_queue_id and s.run_at <= v_now)
    or exists (select from jobstack.lease l where l.queue_id = p_queue_id and l.lease_until < v_now);
end;
$function$;
