-- Does a little of tick()'s work for one queue, so that retries and the jobs of dead workers flow even if no tick runs:
-- closes one expired lease, promotes a batch of due jobs. Two index probes when there is nothing, of what has come due
-- since p_since: the deleted rows before it are many while an old transaction is open. Called by step_batch().
create or replace function jobstack.renew(p_queue jobstack.queue, p_now timestamptz, p_since timestamptz)
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
as $function$
begin
  if exists (select from jobstack.lease l
    where l.queue_id = p_queue.id and l.lease_until >= p_since and l.lease_until < p_now
  ) then
    perform jobstack.rescue(p_queue, 1, p_now);
  end if;
  if exists (select from jobstack.scheduled s
    where s.queue_id = p_queue.id and s.run_at >= p_since and s.run_at <= p_now
  ) then
    perform jobstack.promote(p_queue.id, 1000, p_now);
  end if;
end;
$function$;
