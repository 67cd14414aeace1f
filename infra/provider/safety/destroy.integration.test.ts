import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/test-database.ts";
import { type PlainInputs, ProviderClient, type ResourceState } from "../testing/provider-client.ts";
import { startProvider } from "../testing/provider-process.ts";

const ADVICE = "drop or change what depends on it first; nothing is ever dropped with cascade";

let database: TestDatabase;
let client: ProviderClient;

beforeAll(async () => {
  client = new ProviderClient(await startProvider());
});
afterAll(async () => {
  await client.stop();
});
beforeEach(async () => {
  database = await createTestDatabase();
  await client.configure({ databaseUrl: database.url });
});
afterEach(async () => {
  await database.drop();
});

async function create(kind: string, inputs: PlainInputs): Promise<ResourceState> {
  const checked = await client.check(kind, inputs);
  expect(checked.failures).toEqual({});
  return await client.create(kind, checked.inputs);
}

async function claims(): Promise<string[]> {
  const { rows } = await database.pool.query<{ claim: string }>(
    "select kind || ' ' || id as claim from jobstack_provider.resource order by 1",
  );
  return rows.map(({ claim }) => claim);
}

describe("deleting", () => {
  it("a function that others use is refused, names them, and deletes nothing", async () => {
    const definition = "create or replace function public.made() returns int language sql as 'select 1'";
    const state = await create("SqlFunction", { schema: "public", name: "made", definition });
    await database.pool.query("create table public.user_of_it (id int default public.made())");
    await expect(client.delete("SqlFunction", state)).rejects.toThrow(
      `function "public.made": cannot drop function public.made() because other objects depend on it (default value for column id of table public.user_of_it depends on function public.made()) [SQLSTATE 2BP01]; ${ADVICE}`,
    );
    expect(await claims()).toEqual(["SqlFunction public.made"]);
    await database.pool.query("drop table public.user_of_it");
    await client.delete("SqlFunction", state);
    expect(await claims()).toEqual([]);
  });

  it("a role that owns something, or has grants from elsewhere, is refused and keeps what it had", async () => {
    const name = `owner_${database.name}`;
    await database.pool.query("create table public.granted (id int); create table public.elsewhere (id int)");
    const grants = [{ on: "table", name: "public.granted", privileges: ["select"] }];
    const state = await create("Role", { name, grants });
    await database.pool.query(`grant select on public.elsewhere to ${name}`);
    await expect(client.delete("Role", state)).rejects.toThrow(
      `role "${name}": role "${name}" cannot be dropped because some objects depend on it (privileges for table public.elsewhere) [SQLSTATE 2BP01]; ${ADVICE}`,
    );
    const { rows } = await database.pool.query(
      "select pg_catalog.has_table_privilege($1, 'public.granted', 'select') as kept",
      [name],
    );
    expect(rows).toEqual([{ kept: true }]);
    await database.pool.query(`revoke select on public.elsewhere from ${name}`);
    await client.delete("Role", state);
    expect(await claims()).toEqual([]);
  });

  it("a migration keeps its tables and their rows", async () => {
    const sql = "create table public.precious (id int); insert into public.precious values (1)";
    const state = await create("Migration", { name: "work", files: [{ name: "1.sql", sql }] });
    await client.delete("Migration", state);
    expect((await database.pool.query("select id from public.precious")).rows).toEqual([{ id: 1 }]);
    expect(await claims()).toEqual([]);
  });

  it("a schema keeps it as long as anything is in it, somebody else's included", async () => {
    const state = await create("Schema", { name: "work" });
    await database.pool.query("create table work.precious (id int)");
    await client.delete("Schema", state);
    expect((await database.pool.query("select from work.precious")).rowCount).toBe(0);
    expect(client.process.log()).toContain(
      'schema "work" is kept, because it still holds table work.precious',
    );
  });

  it("an extension keeps it, and everything made with it", async () => {
    await database.admin.query("create extension if not exists hstore with schema extensions");
    const state = await create("Extension", { name: "hstore" });
    await database.pool.query("create table public.uses_it (attributes extensions.hstore)");
    await client.delete("Extension", state);
    await database.pool.query("insert into public.uses_it values ('a=>1')");
  });

  it("a trigger whose table is gone is done", async () => {
    await database.pool.query(`
      create table public.job (id int);
      create function public.noop() returns trigger language plpgsql as $$ begin return null; end $$;
    `);
    const definition = "create trigger t after insert on public.job execute function public.noop()";
    const state = await create("Trigger", { schema: "public", table: "job", name: "t", definition });
    await database.pool.query("drop table public.job");
    await client.delete("Trigger", state);
    expect(await claims()).toEqual([]);
  });

  it("waits no longer for a lock than other changes, and then deletes nothing", async () => {
    await client.configure({ databaseUrl: database.url, lockTimeout: "100ms" });
    await database.pool.query(`
      create table public.job (id int);
      create function public.noop() returns trigger language plpgsql as $$ begin return null; end $$;
    `);
    const definition = "create trigger t after insert on public.job execute function public.noop()";
    const state = await create("Trigger", { schema: "public", table: "job", name: "t", definition });
    const reader = await database.pool.connect();
    await reader.query("begin; select from public.job");
    await expect(client.delete("Trigger", state)).rejects.toThrow("SQLSTATE 55P03");
    await reader.query("commit");
    reader.release();
    expect(await client.read("Trigger", state.id, state)).toEqual(state);
    expect(await claims()).toEqual(["Trigger public.job.t"]);
  });

  it("an object that somebody made anew, after ours was dropped, asks whose it is", async () => {
    const definition = "create or replace function public.made() returns int language sql as 'select 1'";
    const state = await create("SqlFunction", { schema: "public", name: "made", definition });
    await database.pool.query("update jobstack_provider.resource set urn = 'urn:pulumi:other'");
    await client.delete("SqlFunction", state);
    expect(await claims()).toEqual(["SqlFunction public.made"]);
  });
});
