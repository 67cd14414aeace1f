import { describe, expect, it } from "vitest";
import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import { describeContract } from "../contract.ts";
import { useProvider } from "../testing/use-provider.ts";

const database = useTestDatabase();
const run = async (sql: string, values: unknown[] = []) => void (await database().pool.query(sql, values));
const set = (name: string, change: string) =>
  run(`update storage.buckets set ${change} where id = $1`, [name]);

describeContract({
  kind: "StorageBucket",
  config: () => ({ databaseUrl: database().url }),
  inputs: (name) => ({
    name,
    public: true,
    fileSizeLimit: 1_048_576,
    allowedMimeTypes: ["image/png", "video/*"],
  }),
  id: (name) => name,
  changed: (name) => ({ name, fileSizeLimit: 5_000_000_000 }),
  identity: "name",
  plainNames: true,
  outsideChanges: [
    {
      title: "it was closed",
      make: (name) => set(name, "public = false"),
      facts: ["public"],
      inputs: ["public"],
    },
    {
      title: "its limit was lifted",
      make: (name) => set(name, "file_size_limit = null"),
      facts: ["fileSizeLimit"],
      inputs: ["fileSizeLimit"],
    },
    {
      title: "it was opened to another type",
      make: (name) => set(name, "allowed_mime_types = '{image/png,video/*,text/html}'"),
      facts: ["allowedMimeTypes"],
      inputs: ["allowedMimeTypes[2]"],
    },
    { title: "it was renamed", make: (name) => set(name, "name = 'renamed'"), facts: ["name"] },
  ],
  remove: (name) =>
    run(
      `begin; set local storage.allow_delete_query = 'true'; delete from storage.buckets where id = '${name}'; commit`,
    ),
  makeForeign: (name) => run("insert into storage.buckets (id, name) values ($1, $1)", [name]),
});

describe("StorageBucket", () => {
  const provider = useProvider("StorageBucket", () => ({ databaseUrl: database().url }));
  const bucket = async (name: string) => {
    const { rows } = await database().pool.query(
      "select public, file_size_limit, allowed_mime_types, owner, owner_id from storage.buckets where id = $1",
      [name],
    );
    return rows[0];
  };

  it("is private and without limits unless told otherwise, and belongs to nobody", async () => {
    await provider.create({ name: "plain" });
    expect(await bucket("plain")).toEqual({
      public: false,
      file_size_limit: null,
      allowed_mime_types: null,
      owner: null,
      owner_id: null,
    });
  });

  it("leaves the owner alone when it changes the rest", async () => {
    await run("insert into storage.buckets (id, name, owner_id) values ('owned', 'owned', 'somebody')");
    await provider.create({ name: "owned", public: true, adopt: true });
    expect(await bucket("owned")).toMatchObject({ public: true, owner_id: "somebody" });
  });

  it("is kept, with a warning, while it holds objects", async () => {
    const state = await provider.create({ name: "full" });
    await run("insert into storage.objects (bucket_id, name) values ('full', 'a/b.png')");
    await provider.client.delete("StorageBucket", state);
    expect(await bucket("full")).toBeDefined();
    expect(provider.client.process.log()).toContain(
      'storage bucket "full" is kept, because it holds objects; empty it and delete it in the dashboard',
    );
  });

  it("takes every name that the storage server takes, and no other", async () => {
    const name = "It's (1) & $ame-_.*@=;:+,?! A";
    const state = await provider.create({ name });
    expect(state.id).toBe(name);
    await provider.client.delete("StorageBucket", state);
    expect(await bucket(name)).toBeUndefined();
    const wrong = "must be letters of ASCII, digits, spaces or !-_.*'()&$@=;:+,?";
    for (const refused of ["a/b", "ключ", 'a"b', "a\\b", "a\nb"]) {
      expect(await provider.failures({ name: refused })).toEqual({ name: wrong });
    }
    expect(await provider.failures({ name: " a" })).toEqual({
      name: "begins or ends with a space; remove it",
    });
  });

  it("says all that is wrong at once", async () => {
    expect(
      await provider.failures({
        name: "x".repeat(101),
        fileSizeLimit: 0.5,
        allowedMimeTypes: ["image/png", "png", "a/b; c"],
      }),
    ).toEqual({
      name: "must have at most 100 characters",
      fileSizeLimit: "must be a whole number of bytes",
      "allowedMimeTypes[1]": 'is not a MIME type; write one such as "image/png" or "image/*"',
      "allowedMimeTypes[2]": 'is not a MIME type; write one such as "image/png" or "image/*"',
    });
    expect(await provider.failures({ name: "x", fileSizeLimit: 0, allowedMimeTypes: [] })).toEqual({
      fileSizeLimit: "must be at least one byte; leave it out for no limit",
      allowedMimeTypes: "must name a type; leave it out for all types",
    });
  });

  it("says what it lacks in a database without storage", async () => {
    const state = await provider.create({ name: "orphan" });
    await database().admin.query("drop schema storage cascade");
    expect(await provider.client.read("StorageBucket", "orphan", state)).toBeUndefined();
    await provider.client.delete("StorageBucket", state);
    await expect(provider.create({ name: "orphan" })).rejects.toThrow(
      'storage bucket "orphan": this database has no schema storage; use a database of a Supabase project, whose storage server makes the schema at its start',
    );
  });
});
