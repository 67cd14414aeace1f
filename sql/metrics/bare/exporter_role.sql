-- The exporter's role: it may log in once it has a password. Roles belong to all databases of a server, so that it may
-- be there already; each database takes two of its connections.
do $role$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'jobstack_exporter') then
    create role jobstack_exporter login connection limit 20;
    alter role jobstack_exporter set statement_timeout = '5s';
    alter role jobstack_exporter set lock_timeout = '500ms';
    alter role jobstack_exporter set idle_in_transaction_session_timeout = '10s';
  end if;
  execute format('grant connect on database %I to jobstack_exporter', current_database());
end;
$role$;
