-- Row trigger before update of flashcards.jobs: keeps updated_at true, whoever changes the row.
create or replace function flashcards.touch_updated_at()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;
