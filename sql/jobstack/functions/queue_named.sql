-- The registry row of a queue; raises when there is none.
-- Called by the functions that take a queue's name and may fail.
create or replace function jobstack.queue_named(p_name text)
returns jobstack.queue
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_queue jobstack.queue;
begin
  select * into v_queue from jobstack.queue q where q.name = p_name;
  if not found then
    raise exception using
      errcode = 'undefined_object',
      message = format('queue "%s": is not declared; declare it with jobstack.declare_queue()', p_name);
  end if;
  return v_queue;
end;
$function$;
