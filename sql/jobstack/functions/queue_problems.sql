-- Everything that is wrong with a queue's name and configuration, one sentence each; empty when all is well.
-- Keys, types and ranges here; what must hold in the catalog in queue_table_problems(). Called by declare_queue().
create or replace function jobstack.queue_problems(p_name text, p_config jsonb)
returns text[]
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_config jsonb;
  v_problems text[] := '{}';
  v_known text;
begin
  if coalesce(p_name, '') !~ '^[a-z][a-z0-9_-]{0,62}$' then
    v_problems := v_problems
      || 'the name is not usable; write 1 to 63 of a-z, 0-9, _ and -, beginning with a letter'::text;
  end if;
  if jsonb_typeof(p_config) is distinct from 'object' then
    return v_problems || format(
      'the configuration is %s; write a JSON object',
      coalesce('of type ' || nullif(jsonb_typeof(p_config), 'null'), 'null')
    );
  end if;
  v_config := jobstack.queue_config(p_config);

  select string_agg(known.key, ', ' order by known.key) into v_known
  from jsonb_object_keys(jobstack.queue_config('{}')) known(key);
  v_problems := v_problems || array(
    select format('unknown key "%s"; the keys are %s', given.key, v_known)
    from jsonb_object_keys(p_config) given(key)
    where not jobstack.queue_config('{}') ? given.key
    order by given.key
  );

  if v_config -> 'kind' not in ('"managed"', '"observed"') then
    v_problems := v_problems || format('kind is %s; write "managed" or "observed"', v_config -> 'kind');
  end if;
  if v_config ->> 'kind' = 'observed' then
    v_problems := v_problems || array(
      select format('%s is not for an observed queue, whose jobs are not claimed here; leave it out', given.key)
      from jsonb_object_keys(jsonb_strip_nulls(p_config)) given(key)
      where given.key in (
        'id_column', 'result_column', 'error_column', 'attempts_column', 'priority_column',
        'retries_column', 'max_retries_column', 'run_at_column', 'key_column', 'progress_column',
        'max_attempts', 'lease_seconds', 'backoff_base_seconds', 'backoff_cap_seconds', 'retention_days',
        'max_running', 'rate_limits'
      )
      order by given.key
    );
    if v_config -> 'created_at_column' = 'null' then
      v_problems := v_problems
        || 'an observed queue needs created_at_column, which is null; name the column that says when a job was made'::text;
    end if;
  end if;
  v_problems := v_problems || array(
    select format('%s is %s; write a text that is not empty', entry.key, entry.value)
    from jsonb_each(v_config) entry(key, value)
    where (entry.key ~ '_column$' or entry.key in ('table', 'wake_url', 'wake_secret'))
      and entry.value <> 'null'
      and (jsonb_typeof(entry.value) <> 'string' or entry.value = '""')
    order by entry.key
  );

  v_problems := v_problems || array(
    select format('%s is %s; write an integer from %s to %s', bound.key, v_config -> bound.key, bound.low, bound.high)
    from (values
      ('wake_timeout_ms', 1, 60000),
      ('max_attempts', 1, 1000),
      ('lease_seconds', 1, 86400),
      ('backoff_base_seconds', 0, 86400),
      ('backoff_cap_seconds', 0, 604800),
      ('stuck_after_seconds', 1, 604800),
      ('retention_days', 1, 3650),
      ('max_running', 1, 100000)
    ) bound(key, low, high)
    where v_config -> bound.key <> 'null'
      and case
        when jsonb_typeof(v_config -> bound.key) <> 'number' then true
        when (v_config ->> bound.key)::numeric % 1 <> 0 then true
        else (v_config ->> bound.key)::numeric not between bound.low and bound.high
      end
  );
  if jsonb_typeof(v_config -> 'backoff_base_seconds') = 'number'
    and jsonb_typeof(v_config -> 'backoff_cap_seconds') = 'number'
    and (v_config ->> 'backoff_cap_seconds')::numeric < (v_config ->> 'backoff_base_seconds')::numeric then
    v_problems := v_problems || format(
      'backoff_cap_seconds is %s, less than backoff_base_seconds, which is %s; write a cap that is not below the base',
      v_config ->> 'backoff_cap_seconds', v_config ->> 'backoff_base_seconds'
    );
  end if;

  if jsonb_typeof(v_config -> 'wake_url') = 'string' and v_config ->> 'wake_url' <> ''
    and v_config ->> 'wake_url' !~ '^https?://[^/?#[:space:][:cntrl:]]+[^[:space:][:cntrl:]]*$' then
    v_problems := v_problems || format(
      'wake_url is "%s"; write an address that begins with http:// or https:// and has no blanks',
      v_config ->> 'wake_url'
    );
  end if;
  if v_config -> 'retention_days' <> 'null' and v_config -> 'completed_at_column' = 'null' then
    v_problems := v_problems
      || 'retention_days needs completed_at_column, which is null; name the column that says when a job ended'::text;
  end if;
  return v_problems || jobstack.queue_status_problems(v_config) || jobstack.queue_table_problems(p_name, v_config);
end;
$function$;
