-- Thumbnails that may be shown by no card any more, or never were; cron-tick removes them. A storage keeps its files apart
-- from the database, so none can go in the transaction that makes it useless.
create table flashcards.orphan_thumbnail (
  path text primary key,
  noted_at timestamptz not null default now()
);
create index orphan_thumbnail_noted on flashcards.orphan_thumbnail (noted_at);
alter table flashcards.orphan_thumbnail enable row level security;
revoke all on flashcards.orphan_thumbnail from public, anon, authenticated, service_role;

-- Whether a card shows a thumbnail.
create index cards_thumbnail on flashcards.cards (thumbnail);
