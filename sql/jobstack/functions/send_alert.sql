-- Posts a message to its alert's webhook, once the transaction commits. Returns whether it could; if not, it will be
-- tried again later. Called by deliver_alerts().
create or replace function jobstack.send_alert(p_message jobstack.alert_message, p_now timestamptz)
returns boolean
language plpgsql
set search_path = ''
as $function$
declare
  v_alert jobstack.alert;
  v_headers jsonb := '{}';
  v_request_id bigint;
begin
  select * into strict v_alert from jobstack.alert a where a.name = p_message.alert;
  if v_alert.sign_secret is not null then
    -- The id is the same at each attempt, so that a receiver knows a message that it has had already.
    v_headers := jobstack.sign_webhook(
      format('%s-%s', p_message.alert, p_message.id), p_message.body, jobstack.vault_secret(v_alert.sign_secret), p_now
    );
  end if;
  v_request_id := jobstack.post(
    coalesce(v_alert.url, jobstack.vault_secret(v_alert.url_secret)), p_message.body, v_headers, 10000
  );
  update jobstack.alert_message m
  set request_id = v_request_id, sent_at = p_now, attempts = m.attempts + 1
  where m.id = p_message.id;
  return true;
exception
  when others then
    perform jobstack.retry_alert(p_message, sqlerrm, p_now);
    return false;
end;
$function$;
