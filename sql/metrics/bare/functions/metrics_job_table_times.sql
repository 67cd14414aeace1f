-- What became of a described table's jobs that finished after p_after_us (microseconds since 1970): the rows of
-- finished_jobs_of(), none where the completion time has no index.
-- Called by the exporter (collectors job_table_...).
create or replace function jobstack.metrics_job_table_times(
  p_name text, p_description jsonb, p_after_us bigint, p_wait_bounds float8[], p_run_bounds float8[],
  p_attempt_bounds float8[], p_limit int
)
returns table (
  until_us bigint, outcome text, wait_bucket int, run_bucket int, attempt_bucket int, jobs bigint, wait_sum float8,
  run_sum float8, attempt_sum float8
)
language plpgsql
volatile
security definer
set search_path = ''
set row_security = off
as $function$
declare
  v_table constant jsonb := jobstack.open_job_table(p_name, p_description);
begin
  if (v_table ->> 'timed')::boolean then
    return query
      select f.*
        from jobstack.finished_jobs_of(
          v_table, timestamptz 'epoch' + p_after_us * interval '1 microsecond', p_wait_bounds, p_run_bounds,
          p_attempt_bounds, p_limit
        ) f;
  end if;
end;
$function$;
