-- For the worker of an observed queue, before each look at its table: counts it as awake for ten seconds, so that inserts
-- do not call for another. False: the queue is paused, do no work. When the table has no more work, the worker leaves by
-- sleep(). Called by workers, in a transaction of its own.
create or replace function jobstack.stay_awake(p_queue text, p_worker uuid)
returns boolean
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_queue constant jobstack.queue := jobstack.queue_named(p_queue);
begin
  perform jobstack.keep_awake(v_queue.id, p_worker, jobstack.now());
  return not v_queue.paused;
end;
$function$;
