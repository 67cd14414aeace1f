-- What is wrong with a queue's rate limits, one sentence each. p_config is complete. Called by queue_table_problems().
create or replace function jobstack.queue_limit_problems(p_table regclass, p_config jsonb)
returns text[]
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_limits constant jsonb := p_config -> 'rate_limits';
  v_limit record;
  v_problems text[] := '{}';
begin
  if v_limits = 'null' then
    return v_problems;
  elsif jsonb_typeof(v_limits) <> 'array' or v_limits = '[]' then
    return array[format('rate_limits is %s; write a list of limits, or leave it out', v_limits)];
  end if;
  for v_limit in
    select format('rate_limits[%s]', l.n - 1) as name, l.rule from jsonb_array_elements(v_limits) with ordinality l(rule, n)
  loop
    if jsonb_typeof(v_limit.rule) <> 'object' then
      v_problems := v_problems || format('%s is %s; write an object with jobs and seconds', v_limit.name, v_limit.rule);
      continue;
    end if;
    v_problems := v_problems || array(
      select format('%s.%s is not a key of a limit; the keys are jobs, seconds, column, value', v_limit.name, given.key)
      from jsonb_object_keys(v_limit.rule) given(key)
      where given.key not in ('jobs', 'seconds', 'column', 'value')
    );
    v_problems := v_problems || array(
      select format(
        '%s.%s is %s; write an integer from 1 to %s',
        v_limit.name, bound.key, coalesce(v_limit.rule -> bound.key, 'null'), bound.high
      )
      from (values ('jobs', 1000), ('seconds', 604800)) bound(key, high)
      where not coalesce(v_limit.rule ->> bound.key ~ '^[1-9][0-9]{0,5}$', false)
        or (v_limit.rule ->> bound.key)::int > bound.high
    );
    if (v_limit.rule ? 'column') <> (v_limit.rule ? 'value') then
      v_problems := v_problems
        || format('%s has one of column and value; write both, or neither for all jobs', v_limit.name);
    elsif v_limit.rule ? 'column' and not exists (
      select from pg_catalog.pg_attribute a
      where a.attrelid = p_table and a.attname = v_limit.rule ->> 'column' and a.attnum > 0 and not a.attisdropped
    ) then
      v_problems := v_problems || format(
        '%s.column %s is not a column of the table; write one that is', v_limit.name, v_limit.rule -> 'column'
      );
    end if;
  end loop;
  return v_problems;
end;
$function$;
