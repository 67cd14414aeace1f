-- Tells a service, which raises an alarm when it hears nothing for a while, that pg_cron starts its jobs, that the tick
-- runs, and that pg_net sends. Raises, and so says nothing, when the tick has not run lately; before its first run it says
-- nothing and is no failure, since both begin with the same minute. The service's address is
-- p_url, or stands in Vault under p_url_secret. Returns pg_net's request id, and notes it in jobstack.function_call.
-- Called by pg_cron.
create or replace function jobstack.send_heartbeat(p_name text, p_url text default null, p_url_secret text default null)
returns bigint
language plpgsql
set search_path = ''
as $function$
declare
  v_patience constant interval := interval '2 minutes';
  v_now constant timestamptz := jobstack.now();
  v_ticked_at constant timestamptz := (select u.ticked_at from jobstack.upkeep u);
begin
  if v_ticked_at is null then
    return null;
  end if;
  if v_ticked_at <= v_now - v_patience then
    raise exception using
      errcode = 'object_not_in_prerequisite_state',
      message = format('heartbeat "%s": is not sent, because the tick last ran at %s', p_name, v_ticked_at),
      hint = 'look at the cron job jobstack-tick and its runs';
  end if;
  return jobstack.call_function(
    p_name, coalesce(p_url, jobstack.vault_secret(p_url_secret)),
    p_body => jsonb_build_object('heartbeat', p_name, 'at', v_now, 'ticked_at', v_ticked_at), p_timeout_ms => 10000
  );
end;
$function$;
