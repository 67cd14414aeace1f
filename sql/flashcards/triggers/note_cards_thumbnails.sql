create or replace trigger note_cards_thumbnails
after delete on flashcards.cards
referencing old table as old_rows
for each statement
execute function flashcards.note_cards_thumbnails();
