-- Takes up to p_want ready jobs of a queue in their order, as take_ready() does, and puts off those that may not start
-- yet. When none of a batch may, looks further, at 1000 jobs at most, so that they hold up no other. Called by claim(),
-- for a queue with rate limits, whose claims take turns.
create or replace function jobstack.take_within_limits(
  p_queue jobstack.queue, p_want int, p_now timestamptz,
  out job_ids text[], out attempts smallint[], out priorities int[]
)
language plpgsql
volatile
set search_path = ''
as $function$
declare
  v_taken record;
  v_admitted boolean[];
  v_seen int := 0;
begin
  loop
    select * into v_taken from jobstack.take_ready(p_queue.id, p_want);
    exit when v_taken.job_ids is null;
    v_admitted := jobstack.put_off_over_limit(
      p_queue, v_taken.job_ids, v_taken.attempts, v_taken.priorities, p_now
    );
    select array_agg(t.job_id), array_agg(t.attempt), array_agg(t.priority) into job_ids, attempts, priorities
    from (
      select * from unnest(v_taken.job_ids, v_taken.attempts, v_taken.priorities, v_admitted)
        with ordinality t(job_id, attempt, priority, admitted, n)
      order by t.n
    ) t
    where t.admitted;
    v_seen := v_seen + cardinality(v_taken.job_ids);
    exit when job_ids is not null or v_seen >= 1000;
  end loop;
end;
$function$;
