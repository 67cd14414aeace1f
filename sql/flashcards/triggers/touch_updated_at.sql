create or replace trigger touch_updated_at
before update on flashcards.jobs
for each row
execute function flashcards.touch_updated_at();
