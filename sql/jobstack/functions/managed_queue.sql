-- The registry row of a queue whose jobs are claimed here; raises when there is none, or when it is observed only.
-- Called by the functions that claim, hold and end jobs.
create or replace function jobstack.managed_queue(p_name text)
returns jobstack.queue
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_queue constant jobstack.queue := jobstack.queue_named(p_name);
begin
  if v_queue.kind <> 'managed' then
    raise exception using
      errcode = 'object_not_in_prerequisite_state',
      message = format(
        'queue "%s": is observed, so its jobs are not claimed here; claim them where they belong, '
        'or declare the queue with kind "managed"',
        p_name
      );
  end if;
  return v_queue;
end;
$function$;
