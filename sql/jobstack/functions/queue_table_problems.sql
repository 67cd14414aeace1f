-- What is wrong with a queue's table and columns, one sentence each: they exist, their types fit, the table takes the
-- status words, nothing else uses it. p_config is complete. Called by queue_problems().
create or replace function jobstack.queue_table_problems(p_name text, p_config jsonb)
returns text[]
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_name constant text := p_config ->> 'table';
  v_parts text[];
  v_table regclass;
  v_kind "char";
  v_problems text[] := '{}';
  v_other text;
begin
  if jsonb_typeof(p_config -> 'table') = 'null' then
    return array['table is missing; write "schema.table"'];
  elsif jsonb_typeof(p_config -> 'table') <> 'string' then
    return '{}';
  end if;
  v_parts := jobstack.parse_table(v_name);
  if v_parts is null then
    return array[format('table is "%s"; write "schema.table"', v_name)];
  end if;
  select c.oid, c.relkind into v_table, v_kind
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = v_parts[1] and c.relname = v_parts[2];
  if not found then
    return array[format(
      'table "%s" does not exist; create it first, or write its name as it is, capitals included', v_name
    )];
  elsif v_kind not in ('r', 'p') then
    return array[format('"%s" is not a table; write the name of a table', v_name)];
  end if;

  if p_config ->> 'kind' = 'observed' then
    if not has_table_privilege(v_table, 'select') then
      return array[format('role %s may not read table "%s"; grant it select', current_user, v_name)];
    end if;
  elsif not has_table_privilege(v_table, 'select') or not has_table_privilege(v_table, 'update') then
    v_problems := v_problems || format(
      'role %s may not read and update table "%s"; grant it select and update', current_user, v_name
    );
  end if;
  select q.name into v_other
  from jobstack.queue q
  where q.table_schema = v_parts[1] and q.table_name = v_parts[2] and q.name <> p_name;
  if found then
    v_problems := v_problems
      || format('table "%s" belongs to queue "%s"; give each queue a table of its own', v_name, v_other);
  end if;
  if exists (
    select from jobstack.queue q
    where q.name = p_name
      and (q.table_schema, q.table_name, q.id_column)
        is distinct from (v_parts[1], v_parts[2], p_config ->> 'id_column')
      and (exists (select from jobstack.ready r where r.queue_id = q.id)
        or exists (select from jobstack.scheduled s where s.queue_id = q.id)
        or exists (select from jobstack.lease l where l.queue_id = q.id))
  ) then
    v_problems := v_problems
      || ('kind, table or id_column differs from what is declared, while jobs are open; '
        'let them finish, or remove the queue first')::text;
  end if;
  v_problems := v_problems || jobstack.queue_column_problems(v_table, p_config)
    || jobstack.queue_limit_problems(v_table, p_config);
  -- Asking the planner takes columns and words that are right.
  if p_config ->> 'kind' = 'observed' and v_problems = '{}' and jobstack.queue_status_problems(p_config) = '{}' then
    v_problems := jobstack.queue_probe_problems(v_table, p_config);
  end if;
  return v_problems;
end;
$function$;
