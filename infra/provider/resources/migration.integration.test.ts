import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import { describeContract } from "../contract.ts";
import { Database } from "../postgres/database.ts";
import { quoteIdentifier as quoted } from "../postgres/identifier.ts";
import { recordFile } from "../postgres/migration-ledger.ts";
import { ProviderClient } from "../testing/provider-client.ts";
import { useProvider } from "../testing/use-provider.ts";

const database = useTestDatabase();
/** By the provider's own means, but without the provider. */
const admin = () => new Database({ databaseUrl: database().url, lockTimeout: "3s", statementTimeout: "10s" });
const run = async (sql: string, values: unknown[]) => void (await database().pool.query(sql, values));

const files = (name: string) => [
  {
    name: "001.sql",
    sql: `create table if not exists public.${quoted(name)} (id int); insert into public.${quoted(name)} values (1);`,
  },
  { name: "002.sql", sql: `alter table public.${quoted(name)} add column if not exists note text` },
];

describeContract({
  kind: "Migration",
  config: () => ({ databaseUrl: database().url }),
  inputs: (name) => ({ name, files: files(name) }),
  id: (name) => name,
  changed: (name) => ({ name, files: [...files(name), { name: "003.sql", sql: "select 3" }] }),
  identity: "name",
  outsideChanges: [
    {
      title: "a file's record was removed",
      make: (name) =>
        run("delete from jobstack_provider.migration_file where migration = $1 and file = '002.sql'", [name]),
      facts: [["applied", "002.sql"]],
      inputs: ["files[1]"],
    },
    {
      title: "a table was altered",
      make: (name) => run(`alter table public.${name} add column spy text`, []),
      undo: (name) => run(`alter table public.${name} drop column spy`, []),
      facts: (name) => [["objects", `table public.${name} column spy`]],
    },
  ],
  remove: (name) => run("delete from jobstack_provider.migration_file where migration = $1", [name]),
  makeForeign: async (name) => {
    const [first] = files(name);
    const sha256 = createHash("sha256")
      .update(first?.sql ?? "")
      .digest("hex");
    await run(first?.sql ?? "", []);
    await admin().change((sql) => recordFile(sql, { migration: name, file: "001.sql", sha256 }));
  },
  notImported: ["files"],
  leavesObjects: true,
});

describe("Migration", () => {
  const provider = useProvider("Migration", () => ({ databaseUrl: database().url }));
  const inputs = (name: string, ...texts: string[]) => ({
    name,
    files: texts.map((sql, index) => ({ name: `00${index + 1}.sql`, sql })),
  });
  const exists = async (table: string) => {
    const { rows } = await database().pool.query("select to_regclass($1) is not null as exists", [table]);
    return (rows[0] as { exists: boolean }).exists;
  };

  it("refuses in the preview that an applied file was edited, naming it", async () => {
    const state = await provider.create(inputs("edited", "select 1", "select 2"));
    expect(await provider.failures(inputs("edited", "select 1", "select 3", "select 4"), state)).toEqual({
      "files[1].sql":
        'file "002.sql" was edited after it was applied; restore its text and put the change into a new file',
    });
  });

  it("takes another line end for the same text", async () => {
    const state = await provider.create(inputs("ends", "select 1;\nselect 2;\n"));
    expect(await provider.failures(inputs("ends", "select 1;\r\nselect 2;\r\n"), state)).toEqual({});
  });

  it("refuses two files of one name, and none at all", async () => {
    const file = { name: "001.sql", sql: "" };
    expect(await provider.failures({ name: "twins", files: [file, file] })).toEqual({
      "files[1].name": '"001.sql" is the name of files[0] too; give each file its own name',
    });
    expect(await provider.failures({ name: "empty", files: [] })).toEqual({
      files: "has no file; give at least one",
    });
  });

  it("keeps the files before a failing one, says where it failed, and goes on from there", async () => {
    const broken = inputs(
      "broken",
      "create table public.first ()",
      "create table public.second ();\nselect nothing;",
    );
    await expect(provider.create(broken)).rejects.toThrow(
      'migration "broken", file "002.sql", line 2: column "nothing" does not exist [SQLSTATE 42703]',
    );
    expect([await exists("public.first"), await exists("public.second")]).toEqual([true, false]);
    await provider.create(inputs("broken", "create table public.first ()", "create table public.second ()"));
    expect(await exists("public.second")).toBe(true);
  });

  it("keeps the tables, and forgets the files, when it is deleted", async () => {
    const state = await provider.create(inputs("kept", "create table public.kept ()"));
    await provider.client.delete("Migration", state);
    expect(await exists("public.kept")).toBe(true);
    expect(await provider.client.read("Migration", "kept", state)).toBeUndefined();
  });

  it("is taken over with all of its files when what they made stayed, and run anew when it did not", async () => {
    const all = {
      ...inputs("again", "create table public.again (id int)", "alter table public.again add column n int"),
      baseline: ["001.sql"],
      adopt: true,
    };
    const column = async () =>
      (
        await database().pool.query(
          "select from pg_attribute where attrelid = 'public.again'::regclass and attname = 'n'",
        )
      ).rowCount;
    await provider.client.delete("Migration", await provider.create(all));
    await run("insert into public.again values (1, 2)", []);
    const taken = await provider.create(all);
    expect((await database().pool.query("select * from public.again")).rows).toEqual([{ id: 1, n: 2 }]);
    await provider.client.delete("Migration", taken);
    await run("drop table public.again", []);
    await provider.create(all);
    expect(await column()).toBe(1);
  });

  it("does not run a file again that an older revision of the program did not know", async () => {
    const both = inputs(
      "rolled",
      "create table public.rolled (id int)",
      "alter table public.rolled add column n int",
    );
    const newer = await provider.create(both);
    const older = await provider.update(newer, inputs("rolled", "create table public.rolled (id int)"));
    await expect(provider.update(older, both)).resolves.toBeDefined();
  });

  it("refuses in the preview a new file before an applied one, and a new order", async () => {
    const [first, second, third] = ["select 1", "select 2", "select 3"].map((sql, index) => ({
      name: `00${index + 1}.sql`,
      sql,
    }));
    const state = await provider.create({ name: "ordered", files: [first, third] });
    expect(await provider.failures({ name: "ordered", files: [first, second, third] }, state)).toEqual({
      "files[1].name":
        'file "002.sql" is new, but stands before "003.sql", which is applied already; move it behind that one',
    });
    expect(await provider.failures({ name: "ordered", files: [third, first] }, state)).toEqual({
      "files[1].name":
        'file "001.sql" was applied before "003.sql" and stands behind it now; restore the order',
    });
    expect(await provider.failures({ name: "ordered", files: [first, third, second] }, state)).toEqual({});
  });

  it("lets nothing that a file sets for its session reach the next one", async () => {
    await provider.create(
      inputs(
        "session",
        "create temp table t (); set search_path = auth; set role service_role;",
        "create temp table t (); create table session_settings as select current_user::text as role, current_setting('search_path') as path",
      ),
    );
    const { rows } = await database().pool.query("select * from public.session_settings");
    expect(rows).toEqual([{ role: "postgres", path: expect.stringContaining("public") }]);
  });

  it("gives up on a table that another session holds, with nothing half done", async () => {
    const impatient = await ProviderClient.start({ databaseUrl: database().url, lockTimeout: "50ms" });
    await run("create table public.held (id int)", []);
    const holder = await database().pool.connect();
    try {
      await holder.query("begin; lock table public.held in access share mode");
      const { inputs: checked } = await impatient.check(
        "Migration",
        inputs("waiting", "create table public.half (); alter table public.held add column note text"),
      );
      await expect(impatient.create("Migration", checked)).rejects.toThrow(
        'migration "waiting", file "001.sql": canceling statement due to lock timeout [SQLSTATE 55P03]; another session holds a lock on the object; try again when it is done, or raise lockTimeout',
      );
      expect(await exists("public.half")).toBe(false);
    } finally {
      await holder.query("rollback");
      holder.release();
      await impatient.stop();
    }
  });

  it("takes names and texts for what they are", async () => {
    const odd = `o'dd "name"; drop schema public cascade; --`;
    const files = [{ name: `0'1";.sql`, sql: 'create table public."we;ird ""jobs""" ("a b" int)' }];
    const state = await provider.create({ name: odd, files });
    await run('alter table public."we;ird ""jobs""" add column "c d" int', []);
    const found = await provider.client.read("Migration", state.id, state);
    expect(found?.outputs.values.drift).toEqual({
      objects: {
        'table public."we;ird ""jobs""" column "c d"': 'appeared outside of Pulumi: "integer"',
      },
    });
  });

  it("keeps a secret that is part of a file out of errors and out of drift", async () => {
    const secret = "canary-8fd21c";
    const file = { name: "001.sql", sql: `create table public.safe (key text default '${secret}');` };
    const create = async (files: { name: string; sql: string }[]) => {
      const secretPaths = files.map((_, index) => ["files", index, "sql"]);
      const { inputs: checked } = await provider.client.check(
        "Migration",
        { name: "safe", files },
        secretPaths,
      );
      return await provider.client.create("Migration", checked);
    };
    const broken = { name: "001.sql", sql: `select '${secret}'::int` };
    await expect(create([broken])).rejects.toThrow(
      'migration "safe", file "001.sql", line 1: invalid input syntax for type integer: "[secret]"',
    );
    const state = await create([file]);
    await run("alter table public.safe alter column key set default 'other'", []);
    const found = await provider.client.read("Migration", "safe", state);
    expect(found?.outputs.values.drift).toEqual({
      objects: { "table public.safe column key": "changed outside of Pulumi" },
    });
    expect(found?.outputs.secretPaths).toContainEqual(["observed"]);
    expect(provider.client.process.log()).not.toContain(secret);
  });
});

describe("Migration over what was made by hand", () => {
  const provider = useProvider("Migration", () => ({ databaseUrl: database().url }));
  const baseline = ["001.sql"];
  const withTable = (name: string) => ({
    name,
    files: [
      { name: "001.sql", sql: `create table ${name} (id int primary key); create index on ${name} (id);` },
      { name: "002.sql", sql: `alter table ${name} add column note text` },
    ],
  });
  const columns = async (table: string) => {
    const { rows } = await database().pool.query(
      "select attname from pg_attribute where attrelid = to_regclass($1) and attnum > 0 order by attnum",
      [table],
    );
    return rows.map(({ attname }) => attname);
  };

  it("says how to take over a table that is there already", async () => {
    await run("create table public.plain (id int)", []);
    await expect(provider.create(withTable("plain"))).rejects.toThrow(
      'migration "plain", file "001.sql": relation "plain" already exists [SQLSTATE 42P07]; if it was made by hand just as this file says, name the file in baseline; otherwise drop or rename it',
    );
  });

  it("records such a file without running it, runs the next ones, and watches the table", async () => {
    await run(
      "create table public.hand (id int primary key, extra int); insert into public.hand values (1)",
      [],
    );
    const inputs = { ...withTable("hand"), baseline };
    const state = await provider.create(inputs);
    expect(await columns("public.hand")).toEqual(["id", "extra", "note"]);
    expect(await provider.client.read("Migration", "hand", state)).toEqual(state);
    await run("alter table public.hand drop column extra", []);
    const found = await provider.client.read("Migration", "hand", state);
    expect(found?.outputs.values.drift).toEqual({
      objects: { "table public.hand column extra": 'removed outside of Pulumi, was "integer"' },
    });
    // The input has done its work, so taking it out changes nothing.
    const { inputs: without } = await provider.client.check("Migration", withTable("hand"));
    expect((await provider.client.diff("Migration", state, without)).changed).toBe(false);
  });

  it("runs such a file where nothing of it is there", async () => {
    await provider.create({ ...withTable("fresh"), baseline });
    expect(await columns("public.fresh")).toEqual(["id", "note"]);
  });

  it("refuses such a file of which only a part is there, or of which nothing tells whether it is", async () => {
    await run("create table public.half_one (id int)", []);
    const files = [
      { name: "001.sql", sql: "create table half_one (id int); create table public.half_two (id int)" },
      { name: "002.sql", sql: "alter table half_one enable row level security" },
    ];
    expect(await provider.failures({ name: "half", files, baseline: ["001.sql", "002.sql", "3"] })).toEqual({
      baseline:
        'file "001.sql" creates public.half_two, which is not there, and other things that are; make what is missing by hand, or split the file',
      "baseline[1]":
        'file "002.sql" creates no table, view, sequence or type by a statement of its own, so nothing tells whether it was applied by hand; put what it makes into the file that creates the table',
      "baseline[2]": '"3" is not the name of a file; correct it',
    });
  });
});
