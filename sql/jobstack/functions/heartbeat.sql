-- Extends the leases a worker still holds to a full term from now and returns them with the jobs still open in them; a
-- token that is missing is lost, and with it its jobs; a job that is missing and was not reported was cancelled.
-- Called by workers while jobs run. Locks those leases, in the order of tokens.
create or replace function jobstack.heartbeat(p_queue text, p_worker uuid, p_tokens bigint[])
returns table (token bigint, job_ids text[])
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $function$
#variable_conflict use_column
declare
  v_queue constant jobstack.queue := jobstack.managed_queue(p_queue);
  v_lease_until constant timestamptz := jobstack.now() + make_interval(secs => v_queue.lease_seconds);
begin
  return query
    with held as materialized (
      select l.token from jobstack.lease l
      where l.token = any (p_tokens) and (l.queue_id = v_queue.id) is true and l.worker = p_worker
      order by l.token
      for update
    )
    update jobstack.lease l set lease_until = greatest(l.lease_until, v_lease_until)
    from held h
    where l.token = h.token
    returning l.token, l.job_ids;
end;
$function$;
