-- How a described job table can be watched, in words for an administrator. Called by the script of
-- `jobstack exporter grants` at its end.
create or replace function jobstack.job_table_state(p_name text)
returns text
language plpgsql
volatile
set search_path = ''
as $function$
declare
  v_table jsonb;
begin
  v_table := jobstack.open_job_table(p_name, null);
  if v_table ->> 'completed_at_column' is null or (v_table ->> 'timed')::boolean then
    return 'ready';
  end if;
  return format(
    'ready, but finished jobs are not counted: create index concurrently on %I.%I (%I) where %3$I is not null;',
    v_table ->> 'table_schema', v_table ->> 'table_name', v_table ->> 'completed_at_column'
  );
exception
  when others then
    return sqlerrm;
end;
$function$;
