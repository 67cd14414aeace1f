-- Takes in pending jobs that nothing here knows (of an observed queue none is known), then calls for a worker when there
-- is work. Returns wake()'s outcome, or 'idle' when there is none. Called by backup schedules, and by functions that
-- these call.
create or replace function jobstack.poll(p_queue text)
returns text
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_queue constant jobstack.queue := jobstack.queue_named(p_queue);
begin
  perform jobstack.adopt(v_queue);
  if jobstack.has_work(v_queue.id) then
    return jobstack.wake(p_queue);
  end if;
  return 'idle';
end;
$function$;
