-- Declares a queue, or changes it to what is given; keys are strict, and all problems come in one error (22023).
-- A lower max_attempts holds for failures from now on: a job that waits for its next attempt already still gets it.
-- Called by the deployment. Locks the queue's registry row.
create or replace function jobstack.declare_queue(p_name text, p_config jsonb)
returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_problems constant text[] := jobstack.queue_problems(p_name, p_config);
  v_config jsonb;
  v_table text[];
  v_types jsonb;
  v_columns text;
  v_excluded text;
begin
  if cardinality(v_problems) > 0 then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = (
        select string_agg(format('queue "%s": %s', p_name, p.problem), e'\n' order by p.n)
        from unnest(v_problems) with ordinality p(problem, n)
      );
  end if;
  v_config := jobstack.queue_config(p_config);
  v_table := jobstack.parse_table(v_config ->> 'table');

  -- Kept, because every claim and finish casts to these types. The error's length matters: a cast cuts, else the
  -- update would fail.
  select jsonb_object_agg(
    replace(c.key, '_column', '_type'), format_type(a.atttypid, case when c.key = 'error_column' then a.atttypmod end)
  ) into v_types
  from pg_catalog.pg_attribute a
  join jsonb_each_text(v_config) c(key, name) on c.name = a.attname
  where a.attrelid = format('%I.%I', v_table[1], v_table[2])::regclass
    and c.key in ('id_column', 'status_column', 'result_column', 'error_column', 'progress_column');

  select string_agg(quote_ident(a.attname), ', '), string_agg(format('excluded.%I', a.attname), ', ')
  into v_columns, v_excluded
  from pg_catalog.pg_attribute a
  where a.attrelid = 'jobstack.queue'::regclass and a.attnum > 0 and not a.attisdropped
    and a.attname not in ('id', 'paused', 'pruned_at', 'counted_at');
  -- The bookkeeping of one kind means nothing to the other.
  if exists (select from jobstack.queue q where q.name = p_name and q.kind <> v_config ->> 'kind') then
    perform jobstack.remove_queue(p_name);
  end if;
  execute format(
    'insert into jobstack.queue (%1$s)
     select %1$s from jsonb_populate_record(null::jobstack.queue, $1)
     on conflict (name) do update set (%1$s) = row (%2$s)',
    v_columns, v_excluded
  ) using v_config || v_types || (v_config -> 'statuses') || jsonb_build_object(
    'name', p_name,
    'declared_table', v_config -> 'table',
    'table_schema', v_table[1],
    'table_name', v_table[2]
  );
  insert into jobstack.claim_floor (queue_id)
  select q.id from jobstack.queue q where q.name = p_name
  on conflict do nothing;
end;
$function$;
