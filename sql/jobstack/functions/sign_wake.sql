-- A JSON web token (HS256) that lets its bearer wake one queue's worker, or call one function, for a minute. pg_net keeps
-- a request where every role may read it, so the long-lived secret itself never travels. Needs pgcrypto in schema
-- extensions. Called by post_wake(), and by call_function() and the triggers of database webhooks, which pass the token's
-- audience as the queue.
create or replace function jobstack.sign_wake(p_queue text, p_secret text, p_now timestamptz)
returns text
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_issued_at constant bigint := floor(extract(epoch from p_now));
  v_head constant text := jobstack.base64url(convert_to('{"alg":"HS256","typ":"JWT"}', 'utf8'));
  v_claims constant text := jobstack.base64url(convert_to(
    jsonb_build_object('iss', 'jobstack', 'aud', p_queue, 'iat', v_issued_at, 'exp', v_issued_at + 60)::text, 'utf8'
  ));
begin
  return v_head || '.' || v_claims || '.'
    || jobstack.base64url(extensions.hmac(v_head || '.' || v_claims, p_secret, 'sha256'));
end;
$function$;
