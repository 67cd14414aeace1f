-- A queue's configuration as declared, defaults filled in, with the column types that were found at declaring; null when
-- there is no such queue. Read from the typed columns, so that a change made past declare_queue() shows. Called by the
-- deployment.
create or replace function jobstack.describe_queue(p_name text)
returns jsonb
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_row jsonb;
begin
  select to_jsonb(q) into v_row from jobstack.queue q where q.name = p_name;
  if not found then
    return null;
  end if;
  return (
    select jsonb_object_agg(known.key, v_row -> known.key)
    from jsonb_object_keys(jobstack.queue_config('{}')) known(key)
  ) || jsonb_build_object(
    'table', case
      when jobstack.parse_table(v_row ->> 'declared_table') = array[v_row ->> 'table_schema', v_row ->> 'table_name']
      then v_row ->> 'declared_table'
      else format('%I.%I', v_row ->> 'table_schema', v_row ->> 'table_name')
    end,
    'types', jsonb_strip_nulls(jsonb_build_object(
      'id', v_row -> 'id_type', 'status', v_row -> 'status_type',
      'result', v_row -> 'result_type', 'error', v_row -> 'error_type',
      'progress', v_row -> 'progress_type'
    )),
    'statuses', jsonb_strip_nulls(jsonb_build_object(
      'pending', v_row -> 'pending', 'processing', v_row -> 'processing',
      'completed', v_row -> 'completed', 'failed', v_row -> 'failed', 'cancelled', v_row -> 'cancelled'
    ))
  );
end;
$function$;
