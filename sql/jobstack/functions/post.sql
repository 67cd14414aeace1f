-- Queues one HTTP POST, sent when the transaction commits; raises when pg_net is missing or refuses the request.
-- Returns the id under which pg_net stores the response. Every role may read a queued request, headers included.
-- Called by post_wake(), call_function() and send_alert().
create or replace function jobstack.post(p_url text, p_body jsonb, p_headers jsonb, p_timeout_ms int)
returns bigint
language plpgsql
set search_path = ''
as $function$
begin
  if to_regprocedure('net.http_post(text, jsonb, jsonb, jsonb, integer)') is null then
    raise exception 'net.http_post is missing; create extension pg_net';
  end if;
  return net.http_post(
    url := p_url,
    body := p_body,
    headers := '{"Content-Type": "application/json"}'::jsonb || p_headers,
    timeout_milliseconds := p_timeout_ms
  );
end;
$function$;
