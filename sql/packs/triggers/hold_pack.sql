create or replace trigger hold_pack
before update of status on packs.job_queue
for each row
when (new.job_type = 'generate-complete-pack' and old.status = 'processing' and new.status = 'completed')
execute function packs.hold_pack();
