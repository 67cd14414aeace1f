-- Users read and write the files in their own folder of the bucket ingest, and read the thumbnails in their own folder
-- of the bucket thumbnails. The policies stand on a table that all systems share, hence the names and the loop: each
-- name is a text, so that a second environment of the same project can have its own. Those that an earlier deployment has
-- left are made anew.
do $$
begin
  execute format('drop policy if exists %I on storage.objects', 'flashcards_own_uploads');
  execute format('drop policy if exists %I on storage.objects', 'flashcards_own_thumbnails');
  execute format(
    'create policy %I on storage.objects for all to authenticated
      using (bucket_id = %2$L and (storage.foldername(name))[1] = (select auth.uid())::text)
      with check (bucket_id = %2$L and (storage.foldername(name))[1] = (select auth.uid())::text)',
    'flashcards_own_uploads', 'ingest'
  );
  execute format(
    'create policy %I on storage.objects for select to authenticated
      using (bucket_id = %L and (storage.foldername(name))[1] = (select auth.uid())::text)',
    'flashcards_own_thumbnails', 'thumbnails'
  );
end
$$;
