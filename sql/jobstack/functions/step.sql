-- step_batch() with a row for each job: the form for people, and for workers that mind no microseconds.
-- Called by workers, in read committed.
create or replace function jobstack.step(
  p_queue text, p_worker uuid, p_done jsonb default '[]', p_want int default 0
)
returns table (job_id text, token bigint, attempt int, max_attempts int, lease_until timestamptz, job jsonb)
language plpgsql
security definer
set search_path = ''
as $function$
#variable_conflict use_column
begin
  return query
    select
      j.id, b.token, coalesce(b.attempts[j.n], 1)::int, coalesce(b.max_attempts[j.n], b.max_attempts[1]), b.lease_until,
      j.job
    from jobstack.step_batch(p_queue, p_worker, p_done, p_want) b
    cross join lateral rows from (unnest(b.job_ids), jsonb_array_elements(b.jobs::jsonb)) with ordinality j(id, job, n)
    order by j.n;
end;
$function$;
