-- Ends a pause and wakes a worker when work has waited. Called by operators. Updates one registry row.
create or replace function jobstack.resume_queue(p_name text)
returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_queue constant jobstack.queue := jobstack.queue_named(p_name);
begin
  update jobstack.queue q set paused = false where q.id = v_queue.id and q.paused;
  if jobstack.has_work(v_queue.id) then
    perform jobstack.wake(p_name);
  end if;
end;
$function$;
