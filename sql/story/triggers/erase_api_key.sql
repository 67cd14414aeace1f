create or replace trigger erase_api_key
after update on story.jobs
for each row
when (new.status in ('completed', 'failed') and old.status is distinct from new.status)
execute function story.erase_api_key();
