-- Schema extensions, and event triggers that hand an extension to `postgres` as soon as someone creates it.
-- On Supabase a server extension lets the non-superuser postgres create these extensions and grants the same; here
-- their control files say `trusted`, so the objects belong to supabase_admin and postgres needs these grants.
-- Run by the platform as superuser at every start; repeatable.

create schema if not exists extensions;
grant usage on schema extensions to public;
grant all on schema extensions to postgres;

-- Jobs are read in cron.job but changed only through the functions; run details may be pruned by postgres.
-- pg_cron writes its tables as the extension's owner: that must be supabase_admin, as on Supabase, or else postgres would
-- need write access to cron.job. There is no alter extension owner; the bootstrap superuser has no pg_shdepend entry.
create or replace function extensions.grant_pg_cron_access()
returns event_trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (
    select
    from pg_catalog.pg_event_trigger_ddl_commands() c
    join pg_catalog.pg_extension e on e.oid = c.objid
    where c.classid = 'pg_catalog.pg_extension'::pg_catalog.regclass and e.extname = 'pg_cron'
  ) then
    grant usage on schema cron to postgres with grant option;
    grant all on all functions in schema cron to postgres with grant option;
    grant all on all tables in schema cron to postgres with grant option;
    alter default privileges for role supabase_admin in schema cron
      grant all on tables to postgres with grant option;
    alter default privileges for role supabase_admin in schema cron
      grant all on functions to postgres with grant option;
    alter default privileges for role supabase_admin in schema cron
      grant all on sequences to postgres with grant option;
    revoke all on table cron.job from postgres;
    grant select on table cron.job to postgres with grant option;
    revoke trigger on table cron.job_run_details from postgres;
    delete from pg_catalog.pg_shdepend d
    using pg_catalog.pg_extension e
    where d.classid = 'pg_catalog.pg_extension'::pg_catalog.regclass
      and d.objid = e.oid
      and d.deptype = 'o'
      and d.dbid = (select b.oid from pg_catalog.pg_database b where b.datname = pg_catalog.current_database())
      and e.extname = 'pg_cron';
    update pg_catalog.pg_extension e set extowner = 'supabase_admin'::pg_catalog.regrole where e.extname = 'pg_cron';
  end if;
end
$$;

-- pg_net opens itself to PUBLIC; this adds what Supabase grants by name.
create or replace function extensions.grant_pg_net_access()
returns event_trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (
    select
    from pg_catalog.pg_event_trigger_ddl_commands() c
    join pg_catalog.pg_extension e on e.oid = c.objid
    where c.classid = 'pg_catalog.pg_extension'::pg_catalog.regclass and e.extname = 'pg_net'
  ) then
    grant usage on schema net to supabase_functions_admin, postgres, anon, authenticated, service_role;
  end if;
end
$$;

-- Secrets are read through the view and written through the two functions only.
create or replace function extensions.grant_vault_access()
returns event_trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (
    select
    from pg_catalog.pg_event_trigger_ddl_commands() c
    join pg_catalog.pg_extension e on e.oid = c.objid
    where c.classid = 'pg_catalog.pg_extension'::pg_catalog.regclass and e.extname = 'supabase_vault'
  ) then
    grant usage on schema vault to postgres with grant option;
    grant select, delete on vault.secrets, vault.decrypted_secrets to postgres with grant option;
    grant execute on function vault.create_secret, vault.update_secret, vault._crypto_aead_det_decrypt
      to postgres with grant option;
    grant usage on schema vault to service_role;
    grant select, delete on vault.secrets, vault.decrypted_secrets to service_role;
    grant execute on function vault.create_secret, vault.update_secret, vault._crypto_aead_det_decrypt
      to service_role;
  end if;
end
$$;

do $$
declare
  v_name text;
begin
  foreach v_name in array array['pg_cron', 'pg_net', 'vault'] loop
    if not exists (select from pg_catalog.pg_event_trigger t where t.evtname = 'issue_' || v_name || '_access') then
      execute pg_catalog.format(
        'create event trigger %I on ddl_command_end when tag in (''CREATE EXTENSION'') execute function extensions.%I()',
        'issue_' || v_name || '_access', 'grant_' || v_name || '_access'
      );
    end if;
  end loop;
end
$$;
