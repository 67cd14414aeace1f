-- Refuses where the schema is that of a deployment.
do $check$
begin
  if to_regclass('jobstack.queue') is not null then
    raise exception 'Jobstack is deployed to this database, and these are parts of its deployment; nothing is removed';
  end if;
end;
$check$;
