import { describe, expect, it } from "vitest";
import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import { describeContract } from "../contract.ts";
import { quoteIdentifier as quoted } from "../postgres/identifier.ts";
import { joinNames } from "../postgres/qualified-name.ts";
import { useProvider } from "../testing/use-provider.ts";

const database = useTestDatabase(
  async ({ pool }) => void (await pool.query("create schema feed; create publication other")),
);
const run = async (sql: string) => void (await database().pool.query(sql));
const table = async (name: string) =>
  await run(`create table feed.${quoted(name)} (id int primary key, status text, note text)`);

let counter = 0;
const freeName = async (name = `table_${++counter}`) => {
  await table(name);
  return name;
};

describeContract({
  kind: "PublicationTable",
  config: () => ({ databaseUrl: database().url }),
  inputs: (name) => ({ schema: "feed", table: name }),
  id: (name) => joinNames(["feed", name, "supabase_realtime"]),
  changed: (name) => ({ schema: "feed", table: name, columns: ["status", "id"], where: "id > 10" }),
  identity: "table",
  freeName,
  outsideChanges: [
    {
      title: "it was limited to some columns",
      make: (name) =>
        run(`alter publication supabase_realtime drop table feed.${quoted(name)};
             alter publication supabase_realtime add table feed.${quoted(name)} (id, note)`),
      facts: ["columns"],
      inputs: ["columns"],
    },
    {
      title: "it was limited to some rows",
      make: (name) =>
        run(`alter publication supabase_realtime drop table feed.${quoted(name)};
             alter publication supabase_realtime add table feed.${quoted(name)} where (id < 3)`),
      facts: ["where"],
      inputs: ["where"],
    },
  ],
  remove: (name) => run(`alter publication supabase_realtime drop table feed.${quoted(name)}`),
  makeForeign: (name) => run(`alter publication supabase_realtime add table feed.${quoted(name)}`),
});

describe("PublicationTable", () => {
  const provider = useProvider("PublicationTable", () => ({ databaseUrl: database().url }));

  it("adds exactly the columns and rows that it is told to", async () => {
    await table("exact");
    await provider.create({ schema: "feed", table: "exact", columns: ["id", "note"], where: "id > 0" });
    const { rows } = await database().pool.query(
      "select attnames, rowfilter from pg_publication_tables where tablename = 'exact'",
    );
    expect(rows).toEqual([{ attnames: "{id,note}", rowfilter: "(id > 0)" }]);
  });

  it("finds no difference in the order of columns or the spelling of the condition", async () => {
    await table("spelling");
    const inputs = {
      schema: "feed",
      table: "spelling",
      columns: ["note", "id"],
      where: "  (id)>0 -- positive",
    };
    const state = await provider.create(inputs);
    const found = await provider.client.read("PublicationTable", state.id, state);
    expect(found?.inputs.values).toEqual(state.inputs.values);
    expect(found?.outputs.values.drift).toBeUndefined();
  });

  it("takes names that need quoting, and leaves the other publications alone", async () => {
    const name = 'Odd "table". name';
    await table(name);
    await run('create publication "Odd. ""one"""');
    await run(`alter publication other add table feed.${quoted(name)}`);
    const inputs = { schema: "feed", table: name, publication: 'Odd. "one"' };
    const state = await provider.create(inputs);
    await provider.update(state, { ...inputs, columns: ["id"] });
    await provider.client.delete("PublicationTable", state);
    const { rows } = await database().pool.query(
      "select pubname from pg_publication_tables where tablename = $1",
      [name],
    );
    expect(rows).toEqual([{ pubname: "other" }]);
  });

  it("adds the table alone, without those that inherit from it", async () => {
    await run(
      "create table feed.parent (id int primary key); create table feed.child () inherits (feed.parent)",
    );
    await provider.create({ schema: "feed", table: "parent" });
    const { rows } = await database().pool.query(
      "select tablename from pg_publication_tables where tablename in ('parent', 'child')",
    );
    expect(rows).toEqual([{ tablename: "parent" }]);
  });

  it("adds a partitioned table", async () => {
    await run(`create table feed.parts (id int primary key) partition by range (id);
               create table feed.part partition of feed.parts for values from (0) to (9)`);
    await expect(provider.create({ schema: "feed", table: "parts" })).resolves.toBeDefined();
  });

  it("waits for neither readers nor writers of the table", async () => {
    await table("busy");
    const client = await database().pool.connect();
    try {
      await client.query("begin; insert into feed.busy values (1); select from feed.busy");
      await expect(provider.create({ schema: "feed", table: "busy" })).resolves.toBeDefined();
    } finally {
      await client.query("rollback");
      client.release();
    }
  });

  it("refuses a table whose updates and deletes would fail from then on", async () => {
    await run("create table feed.keyless (id int)");
    await expect(provider.create({ schema: "feed", table: "keyless" })).rejects.toThrow(
      "updates or deletes on the table would fail from now on",
    );
    await table("filtered");
    await expect(provider.create({ schema: "feed", table: "filtered", where: "note > ''" })).rejects.toThrow(
      'publication table "feed.filtered.supabase_realtime": updates or deletes on the table would fail from now on (Column used in the publication WHERE expression is not part of the replica identity); give the table a primary key or a replica identity, and let columns and where use what is part of it',
    );
    await expect(provider.create({ schema: "feed", table: "filtered", columns: ["note"] })).rejects.toThrow(
      "Column list used by the publication does not cover the replica identity",
    );
    const { rows } = await database().pool.query(
      "select from pg_publication_tables where tablename in ('keyless', 'filtered')",
    );
    expect(rows).toEqual([]);
  });

  it.each([
    [
      "a publication that does not exist",
      { table: "seen", publication: 'no "such"' },
      'there is no publication "no "such""; make it first with create publication "no ""such"""',
    ],
    [
      "a publication for all tables",
      { table: "seen", publication: "everything" },
      'the publication "everything" is for all tables and has this one already; remove this resource, or name a publication of single tables',
    ],
    [
      "a table that does not exist",
      { table: "nowhere" },
      'there is no table "feed.nowhere"; correct the name, or let this resource depend on the one that makes it',
    ],
    ["a view", { table: "seen_view" }, "it is a view; name an ordinary or partitioned table"],
    [
      "an unlogged table",
      { table: "fleeting" },
      "its changes are not logged, because it is unlogged; make it a logged one, alter table ... set logged",
    ],
    [
      "a publication of somebody else",
      { table: "seen", publication: "theirs" },
      "must be owner of publication theirs [SQLSTATE 42501]; grant that privilege to the role of databaseUrl, or deploy as the owner of the object",
    ],
  ])("refuses %s", async (_, inputs, message) => {
    await run(`create table if not exists feed.seen (id int primary key);
               create or replace view feed.seen_view as select 1 as one;
               create unlogged table if not exists feed.fleeting (id int primary key)`);
    await database().admin.query(`
      drop publication if exists everything, theirs;
      create publication theirs;
      create publication everything for all tables`);
    await expect(provider.create({ schema: "feed", ...inputs })).rejects.toThrow(message);
    await database().admin.query("drop publication everything, theirs");
  });

  it("refuses, with all problems at once, what is no list of columns and no single condition", async () => {
    const where = "true), feed.secret where (true";
    expect(await provider.failures({ schema: "", table: "t", columns: ["a", "a"], where })).toEqual({
      schema: "must not be empty",
      columns: "names a column twice; name each once",
      where: "has a parenthesis without its counterpart; write one whole expression",
    });
    expect(await provider.failures({ schema: "feed", table: "t", columns: [] })).toEqual({
      columns: "must name a column; leave it out for all columns",
    });
  });

  it("publishes no table that a hostile condition names", async () => {
    await table("bait");
    await table("secret");
    // Postgres takes a$b$ for a name, whatever a reader takes for a quote.
    const where = "id is not null or a$b$ is null), feed.secret where (a$b$ is null";
    await run("alter table feed.bait add column a$b$ int; alter table feed.secret add column a$b$ int");
    await expect(provider.create({ schema: "feed", table: "bait", where })).rejects.toThrow(
      'its inputs publish "feed.bait.supabase_realtime" and "feed.secret.supabase_realtime"',
    );
    const { rows } = await database().pool.query(
      "select from pg_publication_tables where tablename in ('bait', 'secret')",
    );
    expect(rows).toEqual([]);
  });

  it("is gone with its table or its publication, which is no error when it is deleted", async () => {
    await table("short");
    const state = await provider.create({ schema: "feed", table: "short" });
    await run("drop table feed.short");
    expect(await provider.client.read("PublicationTable", state.id, state)).toBeUndefined();
    await provider.client.delete("PublicationTable", state);
  });
});
