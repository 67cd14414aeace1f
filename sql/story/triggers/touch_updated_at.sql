create or replace trigger touch_updated_at
before update on story.jobs
for each row
execute function story.touch_updated_at();
