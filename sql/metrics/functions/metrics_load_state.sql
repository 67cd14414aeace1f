-- What a collector of the exporter saved last, and the version to hand to metrics_save_state(); no row at first.
-- Called by the exporter, once per process.
create or replace function jobstack.metrics_load_state(p_collector text)
returns table (version bigint, state jsonb)
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  return query
    select s.version, s.state
      from jobstack.exporter_state s
     where s.collector = p_collector;
end;
$function$;
