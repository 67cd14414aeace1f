-- Base64 as JSON web tokens want it: - and _ for + and /, no padding, no line breaks. Called by sign_wake().
create or replace function jobstack.base64url(p_bytes bytea)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $function$
begin
  return translate(encode(p_bytes, 'base64'), e'+/=\n', '-_');
end;
$function$;
