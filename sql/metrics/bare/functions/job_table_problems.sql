-- What of a described job table is not as it is described, one sentence each: it is a table, its columns are there and
-- of types that run nobody's code, and the words are values of the status column. Called by open_job_table().
create or replace function jobstack.job_table_problems(p_table regclass, p_description jsonb)
returns text[]
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_problems text[] := '{}';
  v_column record;
  v_word text;
  v_type text;
begin
  -- A view would run its own code with the rights of these functions.
  if not exists (select from pg_catalog.pg_class c where c.oid = p_table and c.relkind in ('r', 'p')) then
    return array['it is not a table; describe the table itself'];
  end if;
  for v_column in
    select c.key, c.value as name, a.attname, pg_catalog.format_type(a.atttypid, -1) as type,
           case c.key
             when 'status' then t.typtype = 'e' or n.nspname = 'pg_catalog' and t.typcategory in ('S', 'N')
             when 'attempts' then n.nspname = 'pg_catalog' and t.typcategory = 'N'
             else n.nspname = 'pg_catalog' and t.typname in ('timestamptz', 'timestamp')
           end as fits
      from jsonb_each_text(p_description -> 'columns') c
      left join pg_catalog.pg_attribute a
        on a.attrelid = p_table and a.attname = c.value and a.attnum > 0 and not a.attisdropped
      left join pg_catalog.pg_type t on t.oid = a.atttypid
      left join pg_catalog.pg_namespace n on n.oid = t.typnamespace
     order by c.key
  loop
    if v_column.attname is null then
      v_problems := v_problems || format('it has no column "%s" (columns.%s)', v_column.name, v_column.key);
    elsif not v_column.fits then
      v_problems := v_problems || format(
        'its column "%s" is of type %s, which does not fit columns.%s', v_column.name, v_column.type, v_column.key
      );
    elsif v_column.key = 'status' then
      v_type := v_column.type;
    end if;
  end loop;
  for v_word in
    select w.word
      from jsonb_each(p_description -> 'statuses') s
      cross join jsonb_array_elements_text(s.value) w(word)
     where v_type is not null
     order by w.word
  loop
    begin
      execute format('select %L::%s', v_word, v_type);
    exception
      when data_exception then
        v_problems := v_problems || format('its status column, of type %s, cannot hold "%s"', v_type, v_word);
    end;
  end loop;
  return v_problems;
end;
$function$;
