create or replace trigger follow_images
after update on packs.job_queue
referencing old table as old_rows new table as new_rows
for each statement
execute function packs.follow_images();
