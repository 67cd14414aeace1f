-- Whose a file is: the user whose id its outermost folder bears, or null. Called by what makes jobs of uploads.
create or replace function flashcards.owner_of(p_name text)
returns uuid
language sql
immutable
set search_path = ''
as $$
  select case
    when f.folder ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then f.folder::uuid
  end
  from (select split_part(p_name, '/', 1)) f (folder)
$$;
