-- Lets a message be sent again, after some seconds first and 10 minutes at most.
-- Called by send_alert() and settle_alert().
create or replace function jobstack.retry_alert(p_message jobstack.alert_message, p_error text, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
as $function$
declare
  -- An attempt that was never sent counts as well.
  v_attempts constant int := p_message.attempts + (p_message.request_id is null)::int;
begin
  update jobstack.alert_message m set
    attempts = v_attempts,
    request_id = null,
    last_error = p_error,
    next_attempt_at = p_now + jobstack.backoff(v_attempts, 10, 600)
  where m.id = p_message.id;
end;
$function$;
