-- The roles of a Supabase project, with the passwords that `supabase start` uses (the server listens on loopback only).
-- Changes: cluster-wide roles and their memberships. Run by the platform as superuser at every start, so it repeats
-- without effect; attributes that were changed by hand are set back.

do $$
declare
  v_role text;
begin
  foreach v_role in array array[
    'postgres', 'anon', 'authenticated', 'service_role', 'authenticator', 'supabase_functions_admin'
  ] loop
    if not exists (select from pg_catalog.pg_roles r where r.rolname = v_role) then
      execute pg_catalog.format('create role %I', v_role);
    end if;
  end loop;
end
$$;

alter role supabase_admin with superuser login password 'postgres';
alter role postgres with nosuperuser createdb createrole login replication bypassrls password 'postgres';
alter role anon with nologin noinherit;
alter role authenticated with nologin noinherit;
alter role service_role with nologin noinherit bypassrls;
alter role authenticator with login noinherit password 'postgres';
alter role supabase_functions_admin with nologin noinherit createrole;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role, authenticator to postgres with admin option;
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres with admin option;

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role postgres set search_path = "$user", public, extensions;
alter role supabase_admin set search_path = "$user", public, auth, extensions;
