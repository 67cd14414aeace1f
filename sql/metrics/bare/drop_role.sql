-- Takes away the exporter's role, unless another database of the server still grants it something.
do $role$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'jobstack_exporter') then
    return;
  end if;
  execute format('revoke connect on database %I from jobstack_exporter', current_database());
  begin
    drop role jobstack_exporter;
  exception
    when dependent_objects_still_exist then
      raise notice 'role jobstack_exporter stays, for other databases grant it something: run this script there as well';
  end;
end;
$role$;
