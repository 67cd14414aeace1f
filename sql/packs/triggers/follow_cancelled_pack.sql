create or replace trigger follow_cancelled_pack
after update of status on packs.job_queue
for each row
when (
  new.job_type = 'generate-complete-pack' and new.status = 'failed' and old.status <> 'failed'
  and new.error_message = 'cancelled'
)
execute function packs.follow_cancelled_pack();
