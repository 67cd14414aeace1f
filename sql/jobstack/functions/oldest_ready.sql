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
declare
  v_range record;
  v_first record;
  v_oldest timestamptz;
  v_hops int := 0;
begin
  for v_range in select * from jobstack.ready_ranges(p_queue_id) loop
    loop
      if v_range.first_seq is not null then
        select r.priority, r.ready_at into v_first from jobstack.ready r
        where r.queue_id = p_queue_id and r.priority = v_range.high and r.seq >= v_range.first_seq
        order by r.seq
        limit 1;
      else
        select r.priority, r.ready_at into v_first from jobstack.ready r
        where r.queue_id = p_queue_id and r.priority between v_range.low and v_range.high
        order by r.priority desc, r.seq
        limit 1;
      end if;
      exit when not found;
      v_oldest := least(v_oldest, v_first.ready_at);
      v_hops := v_hops + 1;
      exit when v_hops >= 100 or v_first.priority <= v_range.low;
      v_range.high := v_first.priority - 1;
    end loop;
    exit when v_hops >= 100;
  end loop;
  return v_oldest;
end;
$function$;
