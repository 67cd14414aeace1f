-- From now on step_batch() hands out no job of this queue and nothing wakes its workers; held jobs may finish, inserts
-- stay welcome. Called by operators. Updates one registry row.
create or replace function jobstack.pause_queue(p_name text)
returns void
language plpgsql
set search_path = ''
as $function$
begin
  update jobstack.queue q set paused = true where q.id = (jobstack.queue_named(p_name)).id and not q.paused;
end;
$function$;
