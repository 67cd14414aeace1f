-- How many jobs of a queue have been waiting to be claimed, or claimed, since before p_before. Looks at what is open
-- alone: its cost grows with the backlog and the open leases, never with history. Called by check_stuck_jobs().
create or replace function jobstack.count_stuck(
  p_queue_id smallint, p_before timestamptz, out waiting bigint, out processing bigint
)
language plpgsql
stable
set search_path = ''
as $function$
begin
  waiting := (select count(*) from jobstack.ready r where r.queue_id = p_queue_id and r.ready_at < p_before)
    + (select count(*) from jobstack.scheduled s where s.queue_id = p_queue_id and s.run_at < p_before);
  processing := (
    select coalesce(sum(cardinality(l.job_ids)), 0) from jobstack.lease l
    where l.queue_id = p_queue_id and l.claimed_at < p_before
  );
end;
$function$;
