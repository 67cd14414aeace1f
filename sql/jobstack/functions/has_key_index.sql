-- Whether a valid unique index on one column of a table holds for every open job: it has no condition, or one on the
-- status alone that admits pending and processing. p_config is complete. Called by queue_column_problems().
create or replace function jobstack.has_key_index(
  p_table regclass, p_column pg_catalog.pg_attribute, p_config jsonb
)
returns boolean
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_condition text;
  v_holds boolean;
begin
  for v_condition in
    select coalesce(pg_get_expr(i.indpred, i.indrelid), 'true')
    from pg_catalog.pg_index i
    where i.indrelid = p_table and i.indisunique and i.indisvalid and i.indnkeyatts = 1
      and i.indkey[0] = p_column.attnum
  loop
    begin
      execute format(
        'select bool_and(%s) from (select w.word::%s as %I, ''a key''::text as %I from unnest($1) w(word)) s',
        v_condition,
        (select format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_attribute a
         where a.attrelid = p_table and a.attname = p_config ->> 'status_column'),
        p_config ->> 'status_column', p_column.attname
      ) into v_holds
      using array[p_config #>> '{statuses,pending}', p_config #>> '{statuses,processing}'];
    exception
      -- The condition is about other columns, or a word or column is wrong, which is told elsewhere.
      when others then v_holds := false;
    end;
    if v_holds then
      return true;
    end if;
  end loop;
  return false;
end;
$function$;
