create or replace trigger note_job_thumbnail
after update of status on flashcards.jobs
for each row
when (
  old.status is distinct from new.status
  and (new.status = 'failed' or new.status = 'done' and new.result ->> 'outcome' is distinct from 'made')
)
execute function flashcards.note_job_thumbnail();
