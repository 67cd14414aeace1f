import { describe, expect, it } from "vitest";
import { describeContract } from "../contract.ts";
import { useProvider } from "../testing/use-provider.ts";
import { useTestDatabase } from "../testing/use-test-database.ts";

const database = useTestDatabase();
const run = async (sql: string) => void (await database().pool.query(sql));

describeContract({
  kind: "Extension",
  config: () => ({ databaseUrl: database().url }),
  inputs: (name) => ({ name, schema: "extensions", version: "1.6" }),
  id: (name) => name,
  changed: (name) => ({ name, schema: "extensions" }),
  identity: "name",
  outsideChanges: [
    {
      title: "it was made anew in an older version",
      make: (name) => run(`drop extension ${name}; create extension ${name} schema extensions version '1.4'`),
      facts: ["version"],
      inputs: ["version"],
    },
  ],
  freeName: async () => {
    await run("drop extension if exists citext");
    return "citext";
  },
  remove: (name) => run(`drop extension ${name}`),
  makeForeign: (name) => run(`create extension ${name} schema extensions`),
  notImported: ["version"],
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
