-- What keeps an observed queue's table from being looked at often: without an index that finds jobs by status, each look
-- would read all of history. The planner itself is asked. p_config is complete. Called by queue_table_problems().
create or replace function jobstack.queue_probe_problems(p_table regclass, p_config jsonb)
returns text[]
language plpgsql
volatile
set search_path = ''
set enable_seqscan = off
as $function$
declare
  v_status record;
  v_plan json;
  v_problems text[] := '{}';
begin
  for v_status in
    select w.key, w.value
    from jsonb_each_text(p_config -> 'statuses') w
    where w.key in ('pending', 'processing')
    order by w.key
  loop
    execute format(
      'explain (format json) select from %s t where t.%I = %L', p_table, p_config ->> 'status_column', v_status.value
    ) into v_plan;
    if v_plan::text ~ '"Seq Scan"' then
      v_problems := v_problems || format(
        'table "%s" has no index that finds jobs whose %s is "%s"; create one on (%s), or one with a condition that '
        'admits it',
        p_config ->> 'table', p_config ->> 'status_column', v_status.value, p_config ->> 'status_column'
      );
    end if;
  end loop;
  return v_problems;
end;
$function$;
