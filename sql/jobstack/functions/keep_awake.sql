-- Notes that a worker will look for work again within seconds. Written at most once in five seconds, because a worker
-- calls step_batch() far more often; returns whether it was. Called by step_batch() and stay_awake().
create or replace function jobstack.keep_awake(p_queue_id smallint, p_worker uuid, p_now timestamptz)
returns boolean
language plpgsql
set search_path = ''
as $function$
begin
  insert into jobstack.worker as w (queue_id, id, awake_until)
  values (p_queue_id, p_worker, p_now + interval '10 seconds')
  on conflict (queue_id, id) do update set awake_until = excluded.awake_until
  where w.awake_until < p_now + interval '5 seconds';
  return found;
end;
$function$;
