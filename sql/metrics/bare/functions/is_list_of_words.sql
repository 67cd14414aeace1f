-- Whether an index condition, as Postgres writes it, says no more than that the status is one of some words, none of
-- which is for jobs that have ended. Called by job_table_index_problem().
create or replace function jobstack.is_list_of_words(p_condition text, p_column text, p_description jsonb)
returns boolean
language plpgsql
immutable
set search_path = ''
as $function$
declare
  -- A literal, in which quotes are doubled, and the type it is cast to.
  v_literal constant text := '''((?:[^'']|'''')*)''(?:::(?:"(?:[^"]|"")+"|[a-z0-9_ .])+)?';
  v_shape text := regexp_replace(p_condition, v_literal, '?', 'g');
  v_words text[];
begin
  select array_agg(replace(m[1], '''''', '''')) into v_words from regexp_matches(p_condition, v_literal, 'g') m;
  v_shape := replace(regexp_replace(v_shape, '::text(\[\])?|[()\s]|ARRAY', '', 'g'), 'ANY', '');
  return v_shape ~ ('^' || regexp_replace(regexp_replace(quote_ident(p_column), '[()\s]', '', 'g'), '(\W)', '\\\1', 'g')
      || '=\[?\?(,\?)*\]?$')
    and not (p_description #> '{statuses,completed}' ?| v_words or p_description #> '{statuses,failed}' ?| v_words);
end;
$function$;
