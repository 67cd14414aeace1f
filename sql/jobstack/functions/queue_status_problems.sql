-- What is wrong with the status words themselves, one sentence each; whether the table takes them is
-- queue_table_problems()'s question. p_config is complete. Called by queue_problems() and that one.
create or replace function jobstack.queue_status_problems(p_config jsonb)
returns text[]
language plpgsql
immutable
set search_path = ''
as $function$
declare
  v_statuses constant jsonb := p_config -> 'statuses';
  v_problems text[];
begin
  if jsonb_typeof(v_statuses) <> 'object' then
    return array[format('statuses is %s; write an object with pending, processing, completed and failed', v_statuses)];
  end if;
  if not v_statuses ? 'pending' then
    return array['statuses.pending is missing; write the table''s own word for it'];
  end if;
  v_problems := array(
    select format('unknown status "%s"; the statuses are pending, processing, completed, failed, cancelled', word.key)
    from jsonb_each(v_statuses) word(key, value)
    where word.key not in ('pending', 'processing', 'completed', 'failed')
      and not (word.key = 'cancelled' and p_config ->> 'kind' = 'managed')
    order by word.key
  );
  v_problems := v_problems || array(
    select format('statuses.%s is %s; write the table''s own word for it', word.key, word.value)
    from jsonb_each(v_statuses) word(key, value)
    where jsonb_typeof(word.value) <> 'string' or word.value = '""'
    order by word.key
  );
  return v_problems || array(
    select format(
      '%s are all %s; write a different word for each',
      string_agg('statuses.' || word.key, ', ' order by word.key), word.value
    )
    from jsonb_each(v_statuses) word(key, value)
    group by word.value
    having count(*) > 1
    order by word.value
  );
end;
$function$;
