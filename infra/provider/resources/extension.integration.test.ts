import { describe, expect, it } from "vitest";
import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import { describeContract } from "../contract.ts";
import { useProvider } from "../testing/use-provider.ts";

const database = useTestDatabase();
// Where a superuser deploys, nobody else may write the ledger.
const privileged = useTestDatabase();
const run = async (sql: string) => void (await database().pool.query(sql));
const runAsAdmin = async (sql: string) => void (await database().admin.query(sql));
const runPrivileged = async (sql: string) => void (await privileged().admin.query(sql));

describeContract({
  kind: "Extension",
  config: () => ({ databaseUrl: privileged().adminUrl }),
  inputs: (name) => ({ name, schema: "extensions", version: "1.6" }),
  id: (name) => name,
  changed: (name) => ({ name, schema: "extensions" }),
  identity: "name",
  outsideChanges: [
    {
      title: "it was made anew in an older version",
      make: (name) =>
        runPrivileged(`drop extension ${name}; create extension ${name} schema extensions version '1.4'`),
      facts: ["version"],
      inputs: ["version"],
    },
    {
      title: "it was moved to another schema",
      make: (name) => runPrivileged(`alter extension ${name} set schema public`),
      facts: ["schema"],
      inputs: ["schema"],
    },
    {
      title: "its comment was changed",
      make: (name) => runPrivileged(`comment on extension ${name} is 'mine'`),
      facts: ["comment"],
    },
  ],
  freeName: async () => {
    await runPrivileged("drop extension if exists citext");
    return "citext";
  },
  remove: (name) => runPrivileged(`drop extension ${name}`),
  makeForeign: (name) => runPrivileged(`create extension ${name} schema extensions`),
  notImported: ["version"],
  plainNames: true,
  halfway: (name) => ({
    inputs: { name, schema: "public", version: "9.9" },
    says: `extension "${name}": is `,
  }),
  shared: true,
  retained: true,
});

describe("Extension", () => {
  const provider = useProvider("Extension", () => ({ databaseUrl: database().url }));

  it("says where to get an extension that the server lacks", async () => {
    await expect(provider.create({ name: "pg_nonsense" })).rejects.toThrow(
      'extension "pg_nonsense": is not available on this server; install its package on the server, or switch it on in the project\'s dashboard under Database, Extensions',
    );
  });

  it("says which versions the server has, and to which it can be updated", async () => {
    await expect(provider.create({ name: "hstore", version: "0.1" })).rejects.toThrow(
      /^extension "hstore": is not available on this server in version 0\.1; write one of 1\.4, .*1\.8/,
    );
    const state = await provider.create({ name: "hstore", version: "1.8" });
    await expect(provider.update(state, { name: "hstore", version: "1.7" })).rejects.toThrow(
      'extension "hstore": is at version 1.8, from which no update script leads to 1.7; write version: "1.8"; or drop it yourself to have it made anew',
    );
    await run("drop extension hstore");
  });

  it("says that an extension cannot be moved which cannot", async () => {
    const state = await provider.create({ name: "cube" });
    await run("create schema elsewhere");
    await database().admin.query("update pg_extension set extrelocatable = false where extname = 'cube'");
    await expect(provider.update(state, { name: "cube", schema: "elsewhere" })).rejects.toThrow(
      'extension "cube": is in schema "public", not in "elsewhere", and this extension cannot be moved; write schema: "public", or drop it yourself to have it made anew',
    );
    await run("drop extension cube");
  });

  it("says who must move one back that was moved", async () => {
    const state = await provider.create({ name: "hstore", schema: "extensions" });
    await runAsAdmin("alter extension hstore set schema public");
    await expect(provider.update(state, { name: "hstore", schema: "extensions" })).rejects.toThrow(
      /^extension "hstore": is in schema "public", and the role of databaseUrl may not move it \(must be owner of .*\); run as a superuser: alter extension "hstore" set schema "extensions"$/,
    );
    await run("drop extension hstore");
  });

  it("leaves a comment that it may not set, and says so", async () => {
    await runAsAdmin("drop extension if exists citext");
    const state = await provider.create({ name: "citext" });
    await database().admin.query(
      "update pg_extension set extowner = 10 where extname = 'citext'; comment on extension citext is 'mine'",
    );
    await provider.update(state, { name: "citext" });
    expect(provider.client.process.log()).toContain(
      'extension "citext": the comment stays as it was changed, because only the extension\'s owner may set it',
    );
  });

  it("asks for the extensions that it needs, instead of making them too", async () => {
    await expect(provider.create({ name: "earthdistance" })).rejects.toThrow(
      'extension "earthdistance": needs "cube"; declare an Extension for each, and let this one depend on them',
    );
  });

  it("takes any version for fine that the program does not pin", async () => {
    const state = await provider.create({ name: "hstore" });
    await run("drop extension hstore; create extension hstore version '1.4'");
    const found = await provider.client.read("Extension", "hstore", state);
    expect(found?.outputs).toEqual(state.outputs);
  });
});
