-- Whether a worker of the queue looks for work these seconds, or has been called and should arrive.
-- Called by worker_will_look() and tick().
create or replace function jobstack.worker_is_awake(p_queue_id smallint, p_now timestamptz)
returns boolean
language plpgsql
volatile
set search_path = ''
as $function$
begin
  return exists (select from jobstack.worker w where w.queue_id = p_queue_id and w.awake_until > p_now);
end;
$function$;
