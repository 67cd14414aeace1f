-- Saves what a collector of the exporter has counted, if the saved version is still p_version (null: there is none).
-- Returns the new version, or null when another exporter saved in between; then nothing is changed.
-- Called by the exporter every 15 seconds if there is something new. Locks one row of jobstack.exporter_state.
create or replace function jobstack.metrics_save_state(p_collector text, p_state jsonb, p_version bigint)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $function$
declare
  v_version bigint;
begin
  insert into jobstack.exporter_state as kept (collector, version, state)
  values (p_collector, coalesce(p_version, 0) + 1, p_state)
  on conflict (collector) do update
    set version = excluded.version, state = excluded.state
    where kept.version = p_version
  returning kept.version into v_version;
  return v_version;
end;
$function$;
