-- The function of a database webhook's row trigger. It hands pg_net one request with the row that was inserted, updated
-- or deleted, sent once the transaction commits, in the form of Supabase's own webhooks. Nothing that is missing or wrong
-- fails the user's statement: it is told in the server's log, as a warning that no client sees; with a line of level
-- LOG, Postgres would log the user's statement, secrets and all. The definer's rights let any role write that may write
-- to the table; no role may call it otherwise.
--
-- The trigger's only argument is a JSON object: url, method, timeoutMs, headers, secretHeaders (header -> secret, the name
-- in Vault, and prefix) and sign (secret, audience). Values of secrets are read from Vault here and now, so they stand
-- neither in the argument nor in this text; pg_net keeps a header where every role can read it until the request is sent.
--
-- Placeholders: {{schema}} and {{function}} name the function.
create or replace function {{schema}}.{{function}}()
returns trigger
language plpgsql
security definer
set search_path = ''
set client_min_messages = error
as $function$
declare
  v_settings jsonb;
  v_headers jsonb;
  v_secret_headers jsonb;
  v_missing text;
  v_secret text;
begin
  v_settings := tg_argv[0];
  v_headers := coalesce(v_settings -> 'headers', '{}');
  if v_settings ? 'secretHeaders' then
    select jsonb_object_agg(h.name, coalesce(h.prefix, '') || h.value) filter (where h.value is not null),
           string_agg(h.secret, ', ') filter (where h.value is null)
    into v_secret_headers, v_missing
    from (
      select s.key as name, s.value ->> 'prefix' as prefix, s.value ->> 'secret' as secret,
             (select d.decrypted_secret from vault.decrypted_secrets d where d.name = s.value ->> 'secret') as value
      from jsonb_each(v_settings -> 'secretHeaders') s
    ) h;
    if v_missing is not null then
      raise exception 'vault has no secret %', v_missing;
    end if;
    v_headers := v_headers || v_secret_headers;
  end if;
  if v_settings ? 'sign' then
    select d.decrypted_secret into v_secret
    from vault.decrypted_secrets d where d.name = v_settings #>> '{sign,secret}';
    if v_secret is null then
      raise exception 'vault has no secret %', v_settings #>> '{sign,secret}';
    end if;
    v_headers := v_headers || jsonb_build_object(
      'Authorization',
      'Bearer ' || jobstack.sign_wake(v_settings #>> '{sign,audience}', v_secret, jobstack.now())
    );
  end if;
  if v_settings ->> 'method' = 'GET' then
    perform net.http_get(
      url := v_settings ->> 'url',
      headers := v_headers,
      timeout_milliseconds := (v_settings ->> 'timeoutMs')::int
    );
  else
    perform net.http_post(
      url := v_settings ->> 'url',
      body := jsonb_build_object(
        'type', tg_op, 'table', tg_table_name, 'schema', tg_table_schema, 'record', new, 'old_record', old
      ),
      headers := v_headers,
      timeout_milliseconds := (v_settings ->> 'timeoutMs')::int
    );
  end if;
  return null;
exception
  when others then
    raise warning 'database webhook "%" of %.%: nothing sent: %', tg_name, tg_table_schema, tg_table_name, sqlerrm;
    return null;
end;
$function$;
