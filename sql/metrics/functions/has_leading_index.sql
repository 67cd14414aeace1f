-- Whether a valid index of a table begins with one column and holds all rows, or all in which that column is not null:
-- then a range of its values is found without reading the rest.
-- Called by metrics_timed_queues() and metrics_job_table(), where the exporter watches job tables by themselves.
create or replace function jobstack.has_leading_index(p_table regclass, p_column text)
returns boolean
language plpgsql
stable
set search_path = ''
as $function$
begin
  return exists (
    select from pg_catalog.pg_index i
      join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
      join pg_catalog.pg_class c on c.oid = i.indexrelid
      join pg_catalog.pg_am m on m.oid = c.relam and m.amname = 'btree'
     where i.indrelid = p_table
       and i.indisvalid
       and a.attname = p_column
       and (
         i.indpred is null
         or pg_catalog.pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', p_column)
       )
  );
end;
$function$;
