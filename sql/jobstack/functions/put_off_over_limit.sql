-- Which of a claim's jobs may start now by the queue's rate limits, in the order of p_ids; notes their starts, and makes
-- the others wait until they may, one after the other. No period of a limit's length ever sees more starts than it
-- allows: a job that waited is looked at again when it comes, because others may have started meanwhile. A job that is no
-- longer pending takes no place. Called by take_within_limits().
create or replace function jobstack.put_off_over_limit(
  p_queue jobstack.queue, p_ids text[], p_attempts smallint[], p_priorities int[], p_now timestamptz
)
returns boolean[]
language plpgsql
volatile
set search_path = ''
set enable_seqscan = off
as $function$
declare
  v_rules constant int := jsonb_array_length(p_queue.rate_limits);
  v_jobs constant int := cardinality(p_ids);
  v_rule record;
  v_applies boolean[] := '{}';
  v_free int[] := '{}';
  v_starts timestamptz[];
  v_admitted boolean[] := array_fill(true, array[v_jobs]);
  v_until timestamptz[] := array_fill(null::timestamptz, array[v_jobs]);
  v_waiting int;
begin
  for v_rule in select * from jobstack.rate_rules(p_queue) loop
    v_applies := v_applies || array[jobstack.jobs_of_subject(p_queue, v_rule.subject, p_ids)];
    v_free := v_free || v_rule.jobs - (
      select count(*) from jobstack.rate r cross join lateral unnest(r.starts) s(start)
      where r.queue_id = p_queue.id and r.subject = v_rule.subject and s.start > p_now - v_rule.period
    )::int;
  end loop;
  for i in 1..v_jobs loop
    for r in 1..v_rules loop
      v_admitted[i] := v_admitted[i] and not (v_applies[r][i] and v_free[r] <= 0);
    end loop;
    if v_admitted[i] then
      for r in 1..v_rules loop
        v_free[r] := v_free[r] - v_applies[r][i]::int;
      end loop;
    end if;
  end loop;

  for v_rule in
    select r.subject, max(r.jobs) as jobs, min(r.n) as n from jobstack.rate_rules(p_queue) r group by r.subject
  loop
    select array_agg(p_now) into v_starts
    from generate_series(1, v_jobs) i where v_admitted[i] and v_applies[v_rule.n][i];
    insert into jobstack.rate as r (queue_id, subject, starts)
    values (p_queue.id, v_rule.subject, coalesce(v_starts, '{}'))
    on conflict (queue_id, subject) do update
    set starts = (r.starts || excluded.starts)[
      greatest(cardinality(r.starts) + cardinality(excluded.starts) - v_rule.jobs, 0) + 1:
    ];
  end loop;

  for v_rule in select * from jobstack.rate_rules(p_queue) loop
    continue when v_free[v_rule.n] > 0;
    -- The last starts that the limit counts: each makes room when it has become a period old.
    select r.starts[greatest(cardinality(r.starts) - v_rule.jobs, 0) + 1:] into v_starts
    from jobstack.rate r
    where r.queue_id = p_queue.id and r.subject = v_rule.subject;
    v_waiting := 0;
    for i in 1..v_jobs loop
      continue when v_admitted[i] or not v_applies[v_rule.n][i];
      v_until[i] := greatest(
        v_until[i],
        v_starts[v_waiting % v_rule.jobs + 1] + v_rule.period * (v_waiting / v_rule.jobs + 1)
      );
      v_waiting := v_waiting + 1;
    end loop;
  end loop;

  insert into jobstack.scheduled (queue_id, run_at, priority, attempt, job_id)
  select p_queue.id, w.until, w.priority, w.attempt - 1, w.job_id
  from unnest(p_ids, p_attempts, p_priorities, v_until, v_admitted)
    with ordinality w(job_id, attempt, priority, until, admitted, n)
  where not w.admitted
  order by w.n;
  get diagnostics v_waiting = row_count;
  if v_waiting > 0 then
    insert into jobstack.count_delta (queue_id, ready, scheduled) values (p_queue.id, - v_waiting, v_waiting);
  end if;
  return v_admitted;
end;
$function$;
