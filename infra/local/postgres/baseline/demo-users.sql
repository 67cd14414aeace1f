-- Two users with fixed ids, so that the local platform's examples have someone to belong to. Not part of the tests'
-- template. Run by the platform as superuser at every start; repeatable.

insert into auth.users (id, aud, role, email, email_confirmed_at, raw_user_meta_data, created_at, updated_at)
values
  ('00000000-0000-4000-8000-000000000001', 'authenticated', 'authenticated', 'ada@example.com', now(),
   '{"name": "Ada"}', now(), now()),
  ('00000000-0000-4000-8000-000000000002', 'authenticated', 'authenticated', 'ben@example.com', now(),
   '{"name": "Ben"}', now(), now())
on conflict (id) do nothing;
