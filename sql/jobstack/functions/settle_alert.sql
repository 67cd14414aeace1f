-- Looks whether a message that was sent has been taken: deletes it if so, and lets it be sent again if the webhook
-- refused it or no answer came. Called by deliver_alerts().
create or replace function jobstack.settle_alert(p_message jobstack.alert_message, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
as $function$
declare
  -- More than the request's own time limit: pg_net may be busy. A crash of the server empties its tables.
  v_patience constant interval := interval '1 minute';
  v_response record;
begin
  -- pg_net's ids begin anew after a crash, and its only index is on the time.
  select r.status_code, r.error_msg into v_response from net._http_response r
  where r.id = p_message.request_id and r.created >= p_message.sent_at
  limit 1;
  if found and v_response.status_code between 200 and 299 then
    delete from jobstack.alert_message m where m.id = p_message.id;
  elsif found then
    perform jobstack.retry_alert(
      p_message, coalesce(v_response.error_msg, 'the webhook answered ' || v_response.status_code), p_now
    );
  elsif p_message.sent_at < p_now - v_patience
    -- While pg_net sends nothing, more requests would only pile up and arrive all at once.
    and not exists (select from net.http_request_queue q where q.id = p_message.request_id) then
    perform jobstack.retry_alert(p_message, 'no answer', p_now);
  end if;
exception
  when undefined_table or invalid_schema_name or insufficient_privilege then
    perform jobstack.retry_alert(p_message, sqlerrm, p_now);
end;
$function$;
