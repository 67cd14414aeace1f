-- How many jobs of a queue have been waiting to be claimed, or claimed, since before p_before; of an observed queue
-- 10,000 each at most. Looks at what is open alone: its cost grows with the backlog and the open leases, never with
-- history. Called by check_stuck_jobs().
create or replace function jobstack.count_stuck(
  p_queue jobstack.queue, p_before timestamptz, out waiting bigint, out processing bigint
)
language plpgsql
stable
set search_path = ''
as $function$
begin
  if p_queue.kind = 'observed' then
    select o.waiting, o.processing into waiting, processing from jobstack.observe(p_queue, p_before) o;
    if waiting is null then
      raise exception using
        errcode = 'object_not_in_prerequisite_state',
        message = format('queue "%s": its table cannot be read; the server''s log says why', p_queue.name);
    end if;
    return;
  end if;
  waiting := (select count(*) from jobstack.ready r where r.queue_id = p_queue.id and r.ready_at < p_before)
    + (select count(*) from jobstack.scheduled s where s.queue_id = p_queue.id and s.run_at < p_before);
  processing := (
    select coalesce(sum(cardinality(l.job_ids)), 0) from jobstack.lease l
    where l.queue_id = p_queue.id and l.claimed_at < p_before
  );
end;
$function$;
