-- Headers by which a receiver knows that a message comes from here and is not an old one sent again, as
-- standardwebhooks.com has them: HMAC-SHA256 of "id.timestamp.body", the body as pg_net sends it. A secret that begins
-- with whsec_ is base64, as that convention writes it; another is taken as it is. Called by send_alert().
create or replace function jobstack.sign_webhook(p_id text, p_body jsonb, p_secret text, p_now timestamptz)
returns jsonb
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_timestamp constant text := floor(extract(epoch from p_now))::text;
  v_key constant bytea := case
    when p_secret like 'whsec\_%' then decode(substr(p_secret, 7), 'base64')
    else convert_to(p_secret, 'utf8')
  end;
  v_signed constant bytea := convert_to(concat_ws('.', p_id, v_timestamp, p_body::text), 'utf8');
begin
  return jsonb_build_object(
    'webhook-id', p_id,
    'webhook-timestamp', v_timestamp,
    'webhook-signature', 'v1,' || encode(extensions.hmac(v_signed, v_key, 'sha256'), 'base64')
  );
end;
$function$;
