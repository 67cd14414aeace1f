-- The trigger on all buckets' objects; those of other buckets cost it a comparison.
-- Placeholder: {{trigger}} is its name, one for each environment that shares the table.
create or replace trigger {{trigger}}
after insert or update of version, bucket_id on storage.objects
for each row
when (new.bucket_id = 'ingest')
execute function flashcards.queue_upload();
