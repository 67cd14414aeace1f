-- What is wrong with the columns of a queue's table, one sentence each: they exist, fit their use, and can be written.
-- p_config is complete. Called by queue_table_problems().
create or replace function jobstack.queue_column_problems(p_table regclass, p_config jsonb)
returns text[]
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_problems text[] := '{}';
  v_use record;
  v_column pg_catalog.pg_attribute;
  v_type text;
begin
  for v_use in
    select u.key, p_config ->> u.key as name, u.types, u.written
    from (values
      ('id_column', array['smallint', 'integer', 'bigint', 'uuid', 'text', 'character varying'], false),
      ('status_column', array['text', 'character varying', 'enum'], true),
      ('result_column', array['jsonb', 'json', 'text'], true),
      ('error_column', array['text', 'character varying'], true),
      ('attempts_column', array['smallint', 'integer', 'bigint'], true),
      ('started_at_column', array['timestamp with time zone', 'timestamp without time zone'], true),
      ('completed_at_column', array['timestamp with time zone', 'timestamp without time zone'], true),
      ('created_at_column', array['timestamp with time zone', 'timestamp without time zone'], false),
      ('priority_column', array['smallint', 'integer'], false),
      ('retries_column', array['smallint', 'integer', 'bigint'], true),
      ('max_retries_column', array['smallint', 'integer', 'bigint'], false),
      ('run_at_column', array['timestamp with time zone', 'timestamp without time zone'], false),
      ('progress_column', array['jsonb', 'json', 'smallint', 'integer'], true),
      ('key_column', array['text', 'character varying', 'uuid', 'bigint', 'integer'], false)
    ) u(key, types, written)
    where jsonb_typeof(p_config -> u.key) = 'string' and p_config ->> u.key <> ''
  loop
    select a.* into v_column
    from pg_catalog.pg_attribute a
    where a.attrelid = p_table and a.attname = v_use.name and a.attnum > 0 and not a.attisdropped;
    if not found then
      v_problems := v_problems
        || format('%s "%s" is not a column of the table; write one that is', v_use.key, v_use.name);
      continue;
    end if;
    select case when t.typtype = 'e' then 'enum' else format_type(t.oid, null) end into v_type
    from pg_catalog.pg_type t
    where t.oid = v_column.atttypid;
    if v_type <> all (v_use.types) then
      v_problems := v_problems || format(
        '%s "%s" is of type %s; write a column of type %s',
        v_use.key, v_use.name, v_type, array_to_string(v_use.types, ', ')
      );
      continue;
    end if;
    if v_use.written and p_config ->> 'kind' = 'managed' and (v_column.attgenerated <> '' or v_column.attidentity = 'a') then
      v_problems := v_problems
        || format('%s "%s" is generated; write a column that can be updated', v_use.key, v_use.name);
    end if;
    if v_use.key = 'error_column' and v_column.attnotnull then
      v_problems := v_problems
        || format('error_column "%s" is not null; drop that, since success clears it', v_use.name);
    end if;
    if v_use.key = 'id_column' and not exists (
      select from pg_catalog.pg_index i
      where i.indrelid = p_table and i.indisunique and i.indisvalid and i.indpred is null
        and i.indnkeyatts = 1 and i.indkey[0] = v_column.attnum
    ) then
      v_problems := v_problems || format('id_column "%s" has no unique index; add one, or a primary key', v_use.name);
    end if;
    if v_use.key = 'key_column' and not jobstack.has_key_index(p_table, v_column, p_config) then
      v_problems := v_problems || format(
        'key_column "%1$s" has no unique index that holds for every open job; '
        'create unique index on %2$s (%1$s) where %3$s in (''%4$s'', ''%5$s'')',
        v_use.name, p_table, p_config ->> 'status_column', p_config #>> '{statuses,pending}',
        p_config #>> '{statuses,processing}'
      );
    end if;
    if v_use.key = 'status_column' and jsonb_typeof(p_config -> 'statuses') = 'object' then
      v_problems := v_problems || jobstack.queue_word_problems(v_column, p_config -> 'statuses');
    end if;
  end loop;

  return v_problems || array(
    select format('column "%s" is used for %s; use a column once', c.name, string_agg(c.key, ', ' order by c.key))
    from jsonb_each_text(p_config) c(key, name)
    where c.key ~ '_column$' and c.name is not null
    group by c.name
    having count(*) > 1
    order by c.name
  );
end;
$function$;
