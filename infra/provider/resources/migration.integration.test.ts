import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { describeContract } from "../contract.ts";
import { Database } from "../postgres/database.ts";
import { recordFile } from "../postgres/migration-ledger.ts";
import { useProvider } from "../testing/use-provider.ts";
import { useTestDatabase } from "../testing/use-test-database.ts";

const database = useTestDatabase();
/** By the provider's own means, but without the provider. */
const admin = () => new Database({ databaseUrl: database().url, lockTimeout: "3s", statementTimeout: "10s" });
const run = async (sql: string, values: unknown[]) => void (await database().pool.query(sql, values));

const files = (name: string) => [
  {
    name: "001.sql",
    sql: `create table if not exists public.${name} (id int); insert into public.${name} values (1);`,
  },
  { name: "002.sql", sql: `alter table public.${name} add column if not exists note text` },
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

  it("refuses in the preview that a file ends its transaction", async () => {
    expect(
      await provider.failures(inputs("control", "begin; select 1; commit;", "do $$ begin end $$; rollback")),
    ).toEqual({
      "files[0].sql": 'file "001.sql" contains "begin", but runs as a whole in one transaction; remove it',
      "files[1].sql": 'file "002.sql" contains "rollback", but runs as a whole in one transaction; remove it',
    });
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

  it("explains why an index cannot be made concurrently", async () => {
    await expect(
      provider.create(
        inputs(
          "index",
          "create table public.indexed (id int)",
          "create index concurrently on public.indexed (id)",
        ),
      ),
    ).rejects.toThrow(
      'migration "index", file "002.sql": CREATE INDEX CONCURRENTLY cannot run inside a transaction block [SQLSTATE 25001]; every change here is a transaction, in which it cannot run; write it without CONCURRENTLY',
    );
  });
});
