-- Calls an Edge Function over HTTP on behalf of the schedule p_name, once the transaction commits; raises when a part
-- is missing, so that the schedule's run shows it. The secret is read from Vault now and stands in no command:
-- with p_audience the function gets a token that is signed with it and good for a minute, without, the secret itself,
-- which every role can read in net.http_request_queue until it is sent; without p_secret it gets no authorization.
-- Returns pg_net's request id, and notes it in jobstack.function_call, from which a run of pg_cron leads to its
-- response. Called by pg_cron. With the owner's rights, and for no other role unless granted: whoever may call it can
-- send any of Vault's secrets anywhere.
create or replace function jobstack.call_function(
  p_name text, p_url text, p_secret text default null, p_audience text default null, p_body jsonb default '{}',
  p_headers jsonb default '{}', p_timeout_ms int default 5000
)
returns bigint
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_now constant timestamptz := jobstack.now();
  v_headers jsonb := p_headers;
  v_bearer text;
  v_request_id bigint;
begin
  if p_secret is not null then
    v_bearer := jobstack.vault_secret(p_secret);
    if p_audience is not null then
      v_bearer := jobstack.sign_wake(p_audience, v_bearer, v_now);
    end if;
    v_headers := v_headers || jsonb_build_object('Authorization', 'Bearer ' || v_bearer);
  end if;
  v_request_id := jobstack.post(p_url, p_body, v_headers, p_timeout_ms);
  insert into jobstack.function_call (called_at, name, request_id, pid)
  values (v_now, p_name, v_request_id, pg_backend_pid());
  return v_request_id;
end;
$function$;
