-- The number of pending jobs in the queue's table; takes in those nothing here knows, and calls for a worker when there
-- is any job, even if one seems awake: it is what an operator presses. Counts the rows, so its cost is that of a
-- count by status. Called by trigger_all_pending_jobs() and the like.
create or replace function jobstack.wake_all_pending(p_queue text)
returns int
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_queue constant jobstack.queue := jobstack.queue_named(p_queue);
  v_pending int;
begin
  perform jobstack.adopt(v_queue);
  execute format(
    'select count(*) from %I.%I t where t.%I = %L::%s',
    v_queue.table_schema, v_queue.table_name, v_queue.status_column, v_queue.pending, v_queue.status_type
  ) into v_pending;
  if v_pending > 0 then
    perform jobstack.wake(p_queue, true);
  end if;
  return v_pending;
end;
$function$;
