-- One row for each queue: how many jobs are where, totals since it was declared, and the oldest job's age. Its cost
-- grows with the number of open leases and of priorities in use, not with jobs, backlog or history; an observed queue
-- adds a bounded look at its table.
-- Called by the exporter.
create or replace function jobstack.metrics_queue()
returns table (
  queue text, ready bigint, scheduled bigint, processing bigint, enqueued_total bigint, completed_total bigint,
  failed_total bigint, retried_total bigint, lease_expired_total bigint, wake_sent_total bigint,
  wake_coalesced_total bigint, wake_failed_total bigint, oldest_ready_at timestamptz, oldest_processing_at timestamptz,
  stuck bigint, paused boolean, cancelled_total bigint
)
language plpgsql
security definer
set search_path = ''
as $function$
#variable_conflict use_column
declare
  v_now constant timestamptz := jobstack.now();
begin
  return query
    with counts as (
      select
        c.queue_id, sum(c.ready)::bigint as ready, sum(c.scheduled)::bigint as scheduled,
        sum(c.processing)::bigint as processing, sum(c.enqueued)::bigint as enqueued,
        sum(c.completed)::bigint as completed, sum(c.failed)::bigint as failed, sum(c.retried)::bigint as retried,
        sum(c.lease_expired)::bigint as lease_expired, sum(c.wake_sent)::bigint as wake_sent,
        sum(c.wake_coalesced)::bigint as wake_coalesced, sum(c.wake_failed)::bigint as wake_failed,
        sum(c.cancelled)::bigint as cancelled
      from (select * from jobstack.count_base union all select * from jobstack.count_delta) c
      group by c.queue_id
    ), held as (
      select
        l.queue_id, min(l.claimed_at) as oldest,
        sum(cardinality(l.job_ids))
          filter (where l.claimed_at < v_now - make_interval(secs => q.stuck_after_seconds)) as stuck
      from jobstack.lease l
      join jobstack.queue q on q.id = l.queue_id
      group by l.queue_id
    )
    select
      q.name, coalesce(c.ready, 0), coalesce(c.scheduled, 0), coalesce(c.processing, 0), coalesce(c.enqueued, 0),
      coalesce(c.completed, 0), coalesce(c.failed, 0), coalesce(c.retried, 0), coalesce(c.lease_expired, 0),
      coalesce(c.wake_sent, 0), coalesce(c.wake_coalesced, 0), coalesce(c.wake_failed, 0),
      coalesce(jobstack.oldest_ready(q.id), o.oldest_pending), coalesce(h.oldest, o.oldest_processing),
      case when q.kind = 'observed' then o.processing else coalesce(h.stuck, 0) end, q.paused,
      coalesce(c.cancelled, 0)
    from jobstack.queue q
    left join counts c on c.queue_id = q.id
    left join held h on h.queue_id = q.id
    cross join lateral jobstack.observe(q, v_now - make_interval(secs => q.stuck_after_seconds)) o
    order by q.name;
end;
$function$;
