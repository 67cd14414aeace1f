-- A queue's configuration as declared, defaults filled in; null when there is no such queue.
-- Read from the typed columns, so that a change made past declare_queue() shows. Called by the deployment.
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
    'table', v_row -> 'declared_table',
    'statuses', jsonb_build_object(
      'pending', v_row -> 'pending', 'processing', v_row -> 'processing',
      'completed', v_row -> 'completed', 'failed', v_row -> 'failed'
    )
  );
end;
$function$;
