-- Closes up to p_limit expired leases of a queue, each open job in them as one failed attempt; returns the number of
-- jobs. A lease another session works on is skipped; one whose jobs cannot be written now (a row the user keeps locked,
-- a trigger that raises) is put off for a term, so that it holds up no other. Called by renew() and tick().
-- A job that kills its worker takes all others down that the worker holds: hold_back_suspects() sees to that, by the
-- error that is written here.
create or replace function jobstack.rescue(p_queue jobstack.queue, p_limit int, p_now timestamptz)
returns int
language plpgsql
set search_path = ''
set enable_seqscan = off
set lock_timeout = '200ms'
set client_min_messages = error
as $function$
declare
  v_lease jobstack.lease;
  v_rescued int := 0;
begin
  for v_lease in
    select l.* from jobstack.lease l
    where l.queue_id = p_queue.id and l.lease_until < p_now
    order by l.lease_until
    limit p_limit
    for update skip locked
  loop
    begin
      perform jobstack.close_jobs(
        p_queue,
        array(
          select row (
            v_lease.token, held.job_id, coalesce(held.attempt, 1),
            case
              when coalesce(held.attempt, 1) < p_queue.max_attempts or p_queue.max_retries_column is not null then 'retry'
              else 'failed'
            end,
            format('lease expired: worker %s did not finish the job in time', v_lease.worker), null
          )::jobstack.closing
          from unnest(v_lease.job_ids, v_lease.attempts) held(job_id, attempt)
        ),
        true,
        p_now
      );
      v_rescued := v_rescued + cardinality(v_lease.job_ids);
    exception
      when others then
        raise warning 'queue "%": lease % expired and could not be closed: %', p_queue.name, v_lease.token, sqlerrm;
        update jobstack.lease l set lease_until = p_now + make_interval(secs => p_queue.lease_seconds)
        where l.token = v_lease.token;
    end;
  end loop;
  return v_rescued;
end;
$function$;
