-- Splits "schema.table" into its two names, taken literally: no folding to lower case. Names with a dot inside are
-- written as in SQL, with double quotes. Null when it is neither. Called by declare_queue(), describe_queue() and
-- queue_table_problems().
create or replace function jobstack.parse_table(p_table text)
returns text[]
language plpgsql
immutable
set search_path = ''
as $function$
declare
  v_parts text[];
begin
  if p_table like '%"%' then
    v_parts := parse_ident(p_table);
  else
    v_parts := string_to_array(p_table, '.');
  end if;
  return case when cardinality(v_parts) = 2 and '' <> all (v_parts) then v_parts end;
exception
  when invalid_parameter_value then return null;
end;
$function$;
