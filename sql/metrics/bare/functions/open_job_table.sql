-- Makes sure that a described job table can be read as described, and holds it so until the transaction ends; returns
-- what finished_jobs_of() needs to know of it, with open_query, the statement that counts its open jobs. p_description is
-- what the caller goes by, null for what is registered. Raises JT001 when description and database differ, with all
-- differences at once, and JT002 when an index is missing. Takes an access share lock on the table.
-- Called by metrics_job_table(), metrics_job_table_times() and job_table_state().
create or replace function jobstack.open_job_table(p_name text, p_description jsonb)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $function$
declare
  v_known constant jsonb := (select t.description from jobstack.job_table t where t.name = p_name);
  v_name constant text :=
    quote_ident(v_known ->> 'schema') || '.' || quote_ident(v_known ->> 'table');
  v_columns constant jsonb := v_known -> 'columns';
  v_table regclass;
  v_type text;
  v_query text;
  v_problems text[];
  v_problem text;
begin
  if v_known is null or v_known is distinct from coalesce(p_description, v_known) then
    raise exception using errcode = 'JT001', message = format(
      'job table "%s": the database knows %s; run the script of "jobstack exporter grants" again',
      p_name, case when v_known is null then 'none of this name' else 'another description of it' end
    );
  end if;
  begin
    execute format('lock table %s in access share mode', v_name);
  exception
    when undefined_table or invalid_schema_name then
      raise exception using errcode = 'JT001', message = format(
        'job table "%s": %s does not exist; describe the table by its name as it is', p_name, v_name
      );
  end;
  v_table := v_name::regclass;
  v_problems := jobstack.job_table_problems(v_table, v_known);
  if v_problems <> '{}' then
    raise exception using errcode = 'JT001', message = format(
      'job table "%s": %s is not as described: %s', p_name, v_name, array_to_string(v_problems, '; ')
    );
  end if;
  select pg_catalog.format_type(a.atttypid, -1) into v_type
    from pg_catalog.pg_attribute a
   where a.attrelid = v_table and a.attname = v_columns ->> 'status';
  v_query := jobstack.job_table_query(v_known, v_type);
  v_problem := jobstack.job_table_index_problem(v_table, v_known, v_query);
  if v_problem is not null then
    raise exception using errcode = 'JT002', message = format('job table "%s": %s: %s', p_name, v_name, v_problem);
  end if;
  return jsonb_build_object(
    'table_schema', v_known -> 'schema', 'table_name', v_known -> 'table', 'status_type', v_type,
    'status_column', v_columns -> 'status', 'created_at_column', v_columns -> 'created',
    'started_at_column', v_columns -> 'started', 'completed_at_column', v_columns -> 'completed',
    'attempts_column', v_columns -> 'attempts', 'completed', v_known #> '{statuses,completed}',
    'failed', v_known #> '{statuses,failed}', 'stuck_after_seconds', v_known -> 'stuckAfterSeconds',
    'open_query', v_query,
    'timed', v_columns ? 'completed' and jobstack.has_leading_index(v_table, v_columns ->> 'completed')
  );
end;
$function$;
