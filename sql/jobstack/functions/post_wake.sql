-- Queues one HTTP request to a queue's worker, sent when the transaction commits; raises when anything is missing.
-- Notes the worker as expected, so that inserts in the meantime do not call for a second one, and the request in
-- jobstack.function_call, so that its response leads to the queue. Called by wake().
create or replace function jobstack.post_wake(p_queue jobstack.queue, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
as $function$
declare
  -- How long a cold worker may take to arrive; if it never does, the next insert or tick calls again after this.
  v_patience constant interval := interval '5 seconds';
  v_headers jsonb := '{}';
  v_request_id bigint;
begin
  if p_queue.wake_secret is not null then
    v_headers := jsonb_build_object(
      'Authorization',
      'Bearer ' || jobstack.sign_wake(p_queue.name, jobstack.vault_secret(p_queue.wake_secret), p_now)
    );
  end if;
  v_request_id := jobstack.post(
    p_queue.wake_url, jsonb_build_object('queue', p_queue.name), v_headers, p_queue.wake_timeout_ms
  );
  insert into jobstack.function_call (called_at, source, name, request_id, pid)
  values (p_now, 'wakeup', p_queue.name, v_request_id, pg_backend_pid());
  insert into jobstack.worker (queue_id, id, awake_until, expected)
  values (p_queue.id, gen_random_uuid(), p_now + v_patience, true);
end;
$function$;
