-- Takes up to p_want ready jobs of a queue in their order, skipping those that another claim is taking. attempts says
-- which attempt of each comes now. All is null when there is none. Called by claim() and take_within_limits().
create or replace function jobstack.take_ready(
  p_queue_id smallint, p_want int, out job_ids text[], out attempts smallint[], out priorities int[]
)
language plpgsql
volatile
set search_path = ''
-- In the index's order, by one plan for ever: the planner has nothing to choose, and choosing takes longer than the work.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $function$
begin
  with taken as (
    delete from jobstack.ready r
    where r.ctid = any (array(
      select c.ctid from jobstack.ready c
      where c.queue_id = p_queue_id
      order by c.priority desc, c.seq
      limit p_want
      for update skip locked
    ))
    returning r.job_id, (r.attempt + 1)::smallint as attempt, r.priority, r.seq
  )
  select array_agg(t.job_id), array_agg(t.attempt), array_agg(t.priority) into job_ids, attempts, priorities
  from (select * from taken order by priority desc, seq) t;
end;
$function$;
