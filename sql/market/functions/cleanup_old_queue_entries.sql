-- Deletes ended orders that were placed longer ago than p_keep; their trades stay. Commits after each thousand, so that no
-- lock and no snapshot is held for long. Must be called on its own, outside of a transaction.
-- Called by the cron job cleanup-old-queue-entries.
create or replace procedure public.cleanup_old_queue_entries(p_keep interval)
language plpgsql
as $procedure$
declare
  v_before constant timestamptz := jobstack.now() - p_keep;
begin
  loop
    delete from public.queue q
    where q.id in (
      select o.id from public.queue o
      where o.date < v_before and o.status in ('completed', 'failed')
      order by o.date
      limit 1000
      for update skip locked
    );
    exit when not found;
    commit;
  end loop;
end;
$procedure$;
