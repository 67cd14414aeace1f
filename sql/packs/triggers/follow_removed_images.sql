create or replace trigger follow_removed_images
after delete on packs.pack_image
referencing old table as old_rows
for each statement
execute function packs.follow_removed_images();
