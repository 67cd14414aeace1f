-- Deletes up to 1000 finished jobs of one queue that are older than its retention; returns how many. Looks again at
-- once while there is more, else after an hour: without an index on the completion time a look reads the whole table.
-- Called by tick().
create or replace function jobstack.prune_jobs(p_queue jobstack.queue, p_now timestamptz)
returns int
language plpgsql
set search_path = ''
as $function$
declare
  v_batch constant int := 1000;
  v_pruned int;
begin
  if p_queue.retention_days is null or p_queue.pruned_at > p_now - interval '1 hour' then
    return 0;
  end if;
  execute format(
    'delete from %1$I.%2$I t
     where t.%3$I in (
       select o.%3$I from %1$I.%2$I o
       where o.%4$I in (%5$L::%7$s, %6$L::%7$s) and o.%8$I < $1
       limit $2
       for update skip locked
     )',
    p_queue.table_schema, p_queue.table_name, p_queue.id_column, p_queue.status_column, p_queue.completed,
    p_queue.failed, p_queue.status_type, p_queue.completed_at_column
  ) using p_now - make_interval(days => p_queue.retention_days), v_batch;
  get diagnostics v_pruned = row_count;
  if v_pruned < v_batch then
    update jobstack.queue q set pruned_at = p_now where q.id = p_queue.id;
  end if;
  return v_pruned;
end;
$function$;
