-- The extensions that every new Supabase project has. pg_cron and pg_net are not among them: projects switch them on.
-- Run by the platform as superuser at every start; repeatable.

create extension if not exists "uuid-ossp" with schema extensions;
create extension if not exists pgcrypto with schema extensions;

do $$
begin
  if pg_catalog.current_setting('shared_preload_libraries') like '%pg_stat_statements%' then
    create extension if not exists pg_stat_statements with schema extensions;
  end if;
end
$$;

create schema if not exists vault;
create extension if not exists supabase_vault with schema vault;

-- pg_cron stores in each job where to connect, which changes with the port and with the data directory's folder.
do $$
begin
  if pg_catalog.to_regclass('cron.job') is not null then
    update cron.job j
    set nodename = pg_catalog.current_setting('cron.host'), nodeport = pg_catalog.current_setting('port')::int
    where j.nodename like '/tmp/jobstack-%'
      and (j.nodename, j.nodeport) is distinct from
        (pg_catalog.current_setting('cron.host'), pg_catalog.current_setting('port')::int);
  end if;
end
$$;
