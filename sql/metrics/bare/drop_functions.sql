-- Takes away the functions that an earlier version of this script made, whose arguments may have been others.
do $drop$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid
      from pg_catalog.pg_proc p
      join pg_catalog.pg_namespace n on n.oid = p.pronamespace
     where n.nspname = 'jobstack'
  loop
    execute format('drop routine %s', v_function);
  end loop;
end;
$drop$;
