-- Since when the queue's oldest ready job has been ready; null when none is. The claim order is the order of age within
-- one priority, so this hops from priority to priority in the index; of more than 100 it sees the highest.
-- Called by metrics_queue().
create or replace function jobstack.oldest_ready(p_queue_id smallint)
returns timestamptz
language plpgsql
stable
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $function$
begin
  return (
    with recursive first_of as (
      (
        select r.priority, r.ready_at, 1 as n from jobstack.ready r
        where r.queue_id = p_queue_id
        order by r.priority desc, r.seq
        limit 1
      )
      union all
      select below.priority, below.ready_at, f.n + 1
      from first_of f
      cross join lateral (
        select r.priority, r.ready_at from jobstack.ready r
        where r.queue_id = p_queue_id and r.priority < f.priority
        order by r.priority desc, r.seq
        limit 1
      ) below
      where f.n < 100
    )
    select min(f.ready_at) from first_of f
  );
end;
$function$;
