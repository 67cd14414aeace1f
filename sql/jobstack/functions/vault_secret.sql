-- The value of a Vault secret; raises when there is none of that name. Called by the functions that post requests.
create or replace function jobstack.vault_secret(p_name text)
returns text
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_secret text;
begin
  select s.decrypted_secret into v_secret from vault.decrypted_secrets s where s.name = p_name;
  if v_secret is null then
    raise exception using
      errcode = 'undefined_object',
      message = format('vault has no secret "%s"; add it with vault.create_secret(), or name another', p_name);
  end if;
  return v_secret;
end;
$function$;
