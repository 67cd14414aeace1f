-- Schema storage as far as migrations, policies and the gateway's storage API touch it: buckets, objects, the functions
-- that policies call, and the triggers that keep plain SQL from deleting, since the files behind the rows would be left over.
-- Run by the platform as superuser at every start; repeatable.

do $$
begin
  if not exists (select from pg_catalog.pg_roles r where r.rolname = 'supabase_storage_admin') then
    create role supabase_storage_admin;
  end if;
end
$$;
alter role supabase_storage_admin with nologin noinherit createrole;
-- Supabase lets postgres, who owns neither table, create policies on them; membership is what a plain server has for it.
grant supabase_storage_admin to postgres;

create schema if not exists storage;
grant all on schema storage to supabase_storage_admin;
grant usage on schema storage to anon, authenticated, service_role;
grant usage on schema storage to postgres with grant option;

do $$
begin
  if pg_catalog.to_regtype('storage.buckettype') is null then
    create type storage.buckettype as enum ('STANDARD', 'ANALYTICS', 'VECTOR');
    alter type storage.buckettype owner to supabase_storage_admin;
  end if;
end
$$;

create table if not exists storage.buckets (
  id text primary key,
  name text not null,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  public boolean default false,
  avif_autodetection boolean default false,
  file_size_limit bigint,
  allowed_mime_types text[],
  owner_id text,
  type storage.buckettype not null default 'STANDARD'
);
create unique index if not exists bname on storage.buckets (name);

create table if not exists storage.objects (
  id uuid primary key default gen_random_uuid(),
  bucket_id text,
  name text,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  last_accessed_at timestamptz default now(),
  metadata jsonb,
  path_tokens text[] generated always as (string_to_array(name, '/')) stored,
  version text,
  owner_id text,
  user_metadata jsonb,
  constraint "objects_bucketId_fkey" foreign key (bucket_id) references storage.buckets (id)
);
create unique index if not exists bucketid_objname on storage.objects (bucket_id, name);
create index if not exists name_prefix_search on storage.objects (name text_pattern_ops);
create index if not exists idx_objects_bucket_id_name on storage.objects (bucket_id, name collate "C");

alter table storage.buckets owner to supabase_storage_admin;
alter table storage.objects owner to supabase_storage_admin;
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
grant all on storage.buckets, storage.objects to anon, authenticated, service_role;
grant all on storage.buckets, storage.objects to postgres with grant option;

-- The folders of an object's name, from the outside in.
create or replace function storage.foldername(name text)
returns text[]
language sql
immutable
set search_path = ''
as $$ select (p.parts)[1 : pg_catalog.array_length(p.parts, 1) - 1] from (select pg_catalog.string_to_array(name, '/')) p (parts) $$;

-- What follows the last slash of an object's name.
create or replace function storage.filename(name text)
returns text
language sql
set search_path = ''
as $$ select pg_catalog.split_part(name, '/', -1) $$;

-- What follows the last dot of an object's file name.
create or replace function storage.extension(name text)
returns text
language sql
immutable
set search_path = ''
as $$ select pg_catalog.split_part(pg_catalog.split_part(name, '/', -1), '.', -1) $$;

create or replace function storage.enforce_bucket_name_length()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if pg_catalog.length(new.name) > 100 then
    raise exception 'bucket name "%" is too long (% characters). Max is 100.', new.name, pg_catalog.length(new.name);
  end if;
  return new;
end
$$;

-- Refuses every delete, even of nothing, unless the transaction says as the storage server does that it knows better.
create or replace function storage.protect_delete()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if pg_catalog.current_setting('storage.allow_delete_query', true) is distinct from 'true' then
    raise exception 'Direct deletion from storage tables is not allowed. Use the Storage API instead.'
      using errcode = '42501', hint = 'This prevents accidental data loss from orphaned objects.';
  end if;
  return null;
end
$$;

create or replace function storage.update_updated_at_column()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := pg_catalog.now();
  return new;
end
$$;

alter function storage.foldername(text) owner to supabase_storage_admin;
alter function storage.filename(text) owner to supabase_storage_admin;
alter function storage.extension(text) owner to supabase_storage_admin;
alter function storage.enforce_bucket_name_length() owner to supabase_storage_admin;
alter function storage.protect_delete() owner to supabase_storage_admin;
alter function storage.update_updated_at_column() owner to supabase_storage_admin;

create or replace trigger enforce_bucket_name_length_trigger
before insert or update of name on storage.buckets
for each row execute function storage.enforce_bucket_name_length();
create or replace trigger protect_buckets_delete
before delete on storage.buckets
for each statement execute function storage.protect_delete();
create or replace trigger protect_objects_delete
before delete on storage.objects
for each statement execute function storage.protect_delete();
create or replace trigger update_objects_updated_at
before update on storage.objects
for each row execute function storage.update_updated_at_column();
