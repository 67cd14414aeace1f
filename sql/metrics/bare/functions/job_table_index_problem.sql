-- What index a described table lacks so that its open jobs are found without reading the finished ones, or null. The
-- planner says which indexes it takes for the statement that counts them; each must begin with the status column, or hold
-- only jobs of some words, none of which is for jobs that have ended. The condition of such an index is read as text, for
-- to evaluate it would run its functions with the rights of this one. Called by open_job_table().
create or replace function jobstack.job_table_index_problem(p_table regclass, p_description jsonb, p_query text)
returns text
language plpgsql
volatile
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $function$
declare
  v_status constant text := p_description #>> '{columns,status}';
  v_plan json;
  v_fits boolean;
begin
  execute 'explain (format json, verbose, costs off) ' || p_query into v_plan using now();
  with scan as (
    select distinct s ->> 'Node Type' as kind, s ->> 'Schema' as schema, s ->> 'Index Name' as index
      from jsonb_path_query(v_plan::jsonb, 'strict $.** ? (exists (@."Node Type") && @."Node Type" like_regex "Scan$")') s
  ), index as (
    select a.attname is not distinct from v_status as leads,
           pg_catalog.pg_get_expr(i.indpred, i.indrelid) as condition
      from scan
      left join pg_catalog.pg_namespace n on n.nspname = scan.schema
      left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = scan.index
      left join pg_catalog.pg_index i on i.indexrelid = c.oid
      left join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
     where scan.kind not in ('Subquery Scan', 'Function Scan')
  )
  select bool_and(coalesce(x.leads or jobstack.is_list_of_words(x.condition, v_status, p_description), false))
    into v_fits
    from index x;
  if v_fits then
    return null;
  end if;
  return format(
    'no index finds its open jobs without reading the finished ones; create index concurrently on %s (%I, %I) '
    'where %I in (%s);',
    p_table, v_status, p_description #>> '{columns,created}', v_status,
    (
      select string_agg(quote_literal(w.word), ', ' order by w.word)
        from jsonb_each(p_description -> 'statuses') s
        cross join jsonb_array_elements_text(s.value) w(word)
       where s.key in ('ready', 'scheduled', 'processing')
    )
  );
end;
$function$;
