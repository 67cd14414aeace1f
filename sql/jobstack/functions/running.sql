-- How many jobs of a queue workers hold: those under a lease, expired or not. Called by room(), has_work() and
-- await_job().
create or replace function jobstack.running(p_queue_id smallint)
returns bigint
language plpgsql
volatile
set search_path = ''
set enable_seqscan = off
as $function$
begin
  return (
    select coalesce(sum(cardinality(l.job_ids)), 0) from jobstack.lease l where l.queue_id = p_queue_id
  );
end;
$function$;
