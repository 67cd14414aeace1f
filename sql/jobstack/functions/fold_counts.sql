-- Adds counter changes to their base and deletes them, at most 100,000; returns how many. Called by tick(), one at a
-- time.
create or replace function jobstack.fold_counts()
returns int
language plpgsql
set search_path = ''
as $function$
declare
  v_folded int;
begin
  with gone as (
    delete from jobstack.count_delta d
    where d.ctid = any (array(select c.ctid from jobstack.count_delta c limit 100000))
    returning d.*
  ), sums as (
    select
      g.queue_id, count(*) as folded, sum(g.ready) as ready, sum(g.scheduled) as scheduled,
      sum(g.processing) as processing, sum(g.enqueued) as enqueued, sum(g.completed) as completed,
      sum(g.failed) as failed, sum(g.retried) as retried, sum(g.lease_expired) as lease_expired,
      sum(g.wake_sent) as wake_sent, sum(g.wake_coalesced) as wake_coalesced, sum(g.wake_failed) as wake_failed,
      sum(g.wake_disabled) as wake_disabled, sum(g.cancelled) as cancelled
    from gone g
    group by g.queue_id
  ), folded as (
    insert into jobstack.count_base as b (
      queue_id, ready, scheduled, processing, enqueued, completed, failed, retried, lease_expired,
      wake_sent, wake_coalesced, wake_failed, wake_disabled, cancelled
    )
    select
      s.queue_id, s.ready, s.scheduled, s.processing, s.enqueued, s.completed, s.failed, s.retried, s.lease_expired,
      s.wake_sent, s.wake_coalesced, s.wake_failed, s.wake_disabled,
      s.cancelled
    from sums s
    -- A queue that is gone leaves nothing behind.
    where exists (select from jobstack.queue q where q.id = s.queue_id)
    on conflict (queue_id) do update set
      ready = b.ready + excluded.ready, scheduled = b.scheduled + excluded.scheduled,
      processing = b.processing + excluded.processing, enqueued = b.enqueued + excluded.enqueued,
      completed = b.completed + excluded.completed, failed = b.failed + excluded.failed,
      retried = b.retried + excluded.retried, lease_expired = b.lease_expired + excluded.lease_expired,
      wake_sent = b.wake_sent + excluded.wake_sent, wake_coalesced = b.wake_coalesced + excluded.wake_coalesced,
      wake_failed = b.wake_failed + excluded.wake_failed, wake_disabled = b.wake_disabled + excluded.wake_disabled,
      cancelled = b.cancelled + excluded.cancelled
  )
  select coalesce(sum(s.folded), 0) into v_folded from sums s;
  return v_folded;
end;
$function$;
