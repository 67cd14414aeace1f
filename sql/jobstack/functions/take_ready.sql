-- Takes up to p_want ready jobs of a queue in their order, skipping those that another claim is taking. attempts says
-- which attempt of each comes now. All is null when there is none. first_seq is that of the first job, and walked how far
-- it is from where the look for it began. Called by claim() and take_within_limits().
create or replace function jobstack.take_ready(
  p_queue_id smallint, p_want int,
  out job_ids text[], out attempts smallint[], out priorities int[], out first_seq bigint, out walked bigint
)
language plpgsql
volatile
set search_path = ''
-- In the index's order, by one plan for ever: the planner has nothing to choose, and choosing takes longer than the work.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $function$
declare
  v_range record;
  v_part record;
begin
  for v_range in select * from jobstack.ready_ranges(p_queue_id) loop
    if v_range.first_seq is not null then
      with taken as (
        delete from jobstack.ready r
        where r.ctid = any (array(
          select c.ctid from jobstack.ready c
          where c.queue_id = p_queue_id and c.priority = v_range.high and c.seq >= v_range.first_seq
          order by c.seq
          limit p_want
          for update skip locked
        ))
        returning r.job_id, (r.attempt + 1)::smallint as attempt, r.priority, r.seq
      )
      select
        array_agg(t.job_id) as job_ids, array_agg(t.attempt) as attempts, array_agg(t.priority) as priorities,
        min(t.seq) as first_seq
      into v_part
      from (select * from taken order by seq) t;
    else
      with taken as (
        delete from jobstack.ready r
        where r.ctid = any (array(
          select c.ctid from jobstack.ready c
          where c.queue_id = p_queue_id and c.priority between v_range.low and v_range.high
          order by c.priority desc, c.seq
          limit p_want
          for update skip locked
        ))
        returning r.job_id, (r.attempt + 1)::smallint as attempt, r.priority, r.seq
      )
      select
        array_agg(t.job_id) as job_ids, array_agg(t.attempt) as attempts, array_agg(t.priority) as priorities,
        (array_agg(t.seq))[1] as first_seq
      into v_part
      from (select * from taken order by priority desc, seq) t;
    end if;
    continue when v_part.job_ids is null;
    if job_ids is null then
      first_seq := v_part.first_seq;
      walked := first_seq - coalesce(v_range.first_seq, 0);
    end if;
    job_ids := job_ids || v_part.job_ids;
    attempts := attempts || v_part.attempts;
    priorities := priorities || v_part.priorities;
    p_want := p_want - cardinality(v_part.job_ids);
    exit when p_want <= 0;
  end loop;
end;
$function$;
