-- Which of a queue's status words its status column cannot take, one sentence each: words are tried against the
-- column's type and against the check constraints on that column alone. A word the table refuses would otherwise show
-- only when the first job ends. Called by queue_column_problems().
create or replace function jobstack.queue_word_problems(p_column pg_catalog.pg_attribute, p_statuses jsonb)
returns text[]
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_type constant text := format_type(p_column.atttypid, p_column.atttypmod);
  v_problems text[] := '{}';
  v_word record;
  v_check record;
  v_fits boolean;
begin
  for v_word in
    select w.key, w.value from jsonb_each_text(p_statuses) w where w.value <> '' order by w.key
  loop
    -- A cast to a short type cuts, one to an enum raises.
    begin
      execute format('select %L::%s::text = %L', v_word.value, v_type, v_word.value) into v_fits;
    exception
      when invalid_text_representation then v_fits := false;
    end;
    if not v_fits then
      v_problems := v_problems || format(
        'statuses.%s is "%s", which status_column "%s" of type %s cannot hold; write a word that it can',
        v_word.key, v_word.value, p_column.attname, v_type
      );
      continue;
    end if;
    for v_check in
      select c.conname, pg_get_expr(c.conbin, c.conrelid) as expression
      from pg_catalog.pg_constraint c
      where c.conrelid = p_column.attrelid and c.contype = 'c' and c.conkey = array[p_column.attnum]
      order by c.conname
    loop
      execute format(
        'select %s from (select %L::%s as %I) s', v_check.expression, v_word.value, v_type, p_column.attname
      ) into v_fits;
      if not v_fits then
        v_problems := v_problems || format(
          'statuses.%s is "%s", which check constraint "%s" refuses; write a word that it allows',
          v_word.key, v_word.value, v_check.conname
        );
      end if;
    end loop;
  end loop;
  return v_problems;
end;
$function$;
