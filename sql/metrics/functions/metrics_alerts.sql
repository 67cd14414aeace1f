-- The alerts that the database raises itself: whether each fires, and how many messages its webhook has not taken yet;
-- no rows where the queue core is absent. Called by the exporter (collector upkeep).
create or replace function jobstack.metrics_alerts()
returns table (alert text, firing boolean, waiting bigint)
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  if to_regclass('jobstack.alert') is null then
    return;
  end if;
  return query
    select a.name, a.firing_since is not null, (select count(*) from jobstack.alert_message m where m.alert = a.name)
      from jobstack.alert a
     order by a.name;
end;
$function$;
