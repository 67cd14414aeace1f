-- When jobstack.tick() last ran, as Unix time in seconds; null before the first time and where the queue core is absent.
-- Called by the exporter (collector upkeep).
create or replace function jobstack.metrics_tick()
returns double precision
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  if to_regclass('jobstack.upkeep') is null then
    return null;
  end if;
  return (select extract(epoch from u.ticked_at)::double precision from jobstack.upkeep u);
end;
$function$;
