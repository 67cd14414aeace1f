import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/test-database.ts";
import { applyBaseline } from "./baseline.ts";

const userId = "00000000-0000-4000-8000-000000000001";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test("gives role postgres the attributes it has on Supabase", async () => {
  const { rows } = await db.pool.query(
    "select rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls from pg_roles where rolname = current_user",
  );
  expect(rows).toEqual([
    { rolsuper: false, rolcreatedb: true, rolcreaterole: true, rolreplication: true, rolbypassrls: true },
  ]);
});

test("lets service_role bypass row level security, and neither anon nor authenticated", async () => {
  const { rows } = await db.pool.query(
    `select rolname, rolbypassrls, rolcanlogin from pg_roles
     where rolname in ('anon', 'authenticated', 'service_role') order by 1`,
  );
  expect(rows).toEqual([
    { rolname: "anon", rolbypassrls: false, rolcanlogin: false },
    { rolname: "authenticated", rolbypassrls: false, rolcanlogin: false },
    { rolname: "service_role", rolbypassrls: true, rolcanlogin: false },
  ]);
});

test("lets postgres create schemas, tables, functions and publications members", async () => {
  await db.pool.query("create schema own");
  await db.pool.query("create table public.item (id int primary key)");
  await db.pool.query("create function public.one() returns int language sql as 'select 1'");
  await db.pool.query("alter publication supabase_realtime add table public.item");
  const { rows } = await db.pool.query(
    "select tablename from pg_publication_tables where pubname = 'supabase_realtime'",
  );
  expect(rows).toEqual([{ tablename: "item" }]);
});

test("opens what postgres creates in public to the API's roles, and nothing in other schemas", async () => {
  await db.pool.query("create table public.shown (id serial)");
  await db.pool.query("create schema hidden create table inside (id int)");
  const { rows } = await db.pool.query(
    `select r.role, has_table_privilege(r.role, 'public.shown', 'insert') as shown,
       has_sequence_privilege(r.role, 'public.shown_id_seq', 'usage') as sequence,
       has_schema_privilege(r.role, 'hidden', 'usage') as hidden
     from unnest(array['anon', 'authenticated', 'service_role']) r (role)`,
  );
  for (const row of rows) expect(row).toMatchObject({ shown: true, sequence: true, hidden: false });
});

test("finds pgcrypto and uuid functions of schema extensions without naming it", async () => {
  const { rows } = await db.pool.query(
    "select length(gen_random_bytes(8)) as bytes, uuid_generate_v4() is not null as uuid",
  );
  expect(rows).toEqual([{ bytes: 8, uuid: true }]);
});

test("reads the caller of an API request from its claims", async () => {
  const client = await db.pool.connect();
  try {
    await client.query("begin");
    await client.query("select set_config('request.jwt.claims', $1, true)", [
      JSON.stringify({ sub: userId, role: "authenticated", email: "ada@example.com" }),
    ]);
    await client.query("set local role authenticated");
    const { rows } = await client.query(
      "select auth.uid(), auth.role(), auth.email(), auth.jwt() ->> 'sub' as sub",
    );
    expect(rows).toEqual([{ uid: userId, role: "authenticated", email: "ada@example.com", sub: userId }]);
  } finally {
    await client.query("rollback");
    client.release();
  }
});

test("knows no caller outside of an API request", async () => {
  const { rows } = await db.pool.query("select auth.uid(), auth.role(), auth.email(), auth.jwt()");
  expect(rows).toEqual([{ uid: null, role: null, email: null, jwt: null }]);
});

test("keeps auth.users from the API's roles while postgres may reference it", async () => {
  await db.pool.query("create table public.owned (user_id uuid references auth.users (id))");
  const { rows } = await db.pool.query(
    "select has_table_privilege('anon', 'auth.users', 'select') as anon, has_table_privilege('authenticated', 'auth.users', 'select') as authenticated",
  );
  expect(rows).toEqual([{ anon: false, authenticated: false }]);
});

test("changes nothing when it is applied again", async () => {
  const client = await db.admin.connect();
  try {
    const before = await snapshot();
    await applyBaseline(client, { demoUsers: true });
    await applyBaseline(client, { demoUsers: true });
    expect(await snapshot()).toEqual(before);
    const { rows } = await client.query("select count(*)::int as users from auth.users");
    expect(rows).toEqual([{ users: 2 }]);
  } finally {
    client.release();
  }
});

/** Privileges, owners and extensions of the whole database, as text. */
async function snapshot(): Promise<string> {
  const { rows } = await db.admin.query(`
    select coalesce(json_agg(x::text order by x::text), '[]')::text as text from (
      select 'schema', nspname::text, nspowner::regrole::text, nspacl::text from pg_namespace where nspname !~ '^pg_'
      union all select 'class', oid::regclass::text, relowner::regrole::text, relacl::text from pg_class
        where relnamespace::regnamespace::text in ('auth', 'vault', 'public', 'extensions')
      union all select 'function', oid::regprocedure::text, proowner::regrole::text, proacl::text from pg_proc
        where pronamespace::regnamespace::text in ('auth', 'vault', 'public', 'extensions')
      union all select 'default', defaclrole::regrole::text, defaclobjtype::text, defaclacl::text from pg_default_acl
      union all select 'trigger', evtname::text, evtowner::regrole::text, evtfoid::regproc::text from pg_event_trigger
      union all select 'role', rolname::text, rolconfig::text, (rolsuper, rolbypassrls, rolcanlogin)::text from pg_roles
        where rolname !~ 'test'
    ) x`);
  return rows[0].text;
}

test("keeps a policy's word on objects, and lets postgres write policies", async () => {
  await db.pool.query(`
    insert into storage.buckets (id, name) values ('avatars', 'avatars');
    insert into storage.objects (bucket_id, name) values ('avatars', 'ada/me.png'), ('avatars', 'ben/me.png');
    create policy "own folder" on storage.objects for select to authenticated
      using ((storage.foldername(name))[1] = 'ada')`);
  const client = await db.pool.connect();
  try {
    await client.query("begin; set local role authenticated");
    const { rows } = await client.query(
      "select name, storage.filename(name) as file, storage.extension(name) as extension, path_tokens from storage.objects",
    );
    expect(rows).toEqual([
      { name: "ada/me.png", file: "me.png", extension: "png", path_tokens: ["ada", "me.png"] },
    ]);
  } finally {
    await client.query("rollback");
    client.release();
  }
});

test("refuses plain deletes of buckets and objects, even of none", async () => {
  for (const table of ["buckets", "objects"]) {
    await expect(db.pool.query(`delete from storage.${table} where false`)).rejects.toMatchObject({
      code: "42501",
      message: "Direct deletion from storage tables is not allowed. Use the Storage API instead.",
    });
  }
});

test("limits a bucket's name to 100 characters", async () => {
  const name = "x".repeat(101);
  await expect(
    db.pool.query("insert into storage.buckets (id, name) values ($1, $1)", [name]),
  ).rejects.toThrow(`bucket name "${name}" is too long (101 characters). Max is 100.`);
});
