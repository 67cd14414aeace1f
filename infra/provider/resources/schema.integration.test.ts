import { describe, expect, it } from "vitest";
import { describeContract } from "../contract.ts";
import { useProvider } from "../testing/use-provider.ts";
import { useTestDatabase } from "../testing/use-test-database.ts";

const database = useTestDatabase();
const run = async (sql: string) => void (await database().pool.query(sql));

describeContract({
  kind: "Schema",
  config: () => ({ databaseUrl: database().url }),
  inputs: (name) => ({ name, usage: ["anon"] }),
  id: (name) => name,
  changed: (name) => ({ name, usage: ["authenticated", "public"] }),
  identity: "name",
  outsideChanges: [
    {
      title: "a role was granted usage",
      make: (name) => run(`grant usage on schema ${name} to service_role`),
      facts: ["usage"],
      inputs: ["usage[1]"],
    },
    {
      title: "its usage was revoked",
      make: (name) => run(`revoke usage on schema ${name} from anon`),
      facts: ["usage"],
      inputs: ["usage[0]"],
    },
  ],
  remove: (name) => run(`drop schema ${name}`),
  makeForeign: (name) => run(`create schema ${name}`),
  notImported: ["usage"],
  shared: true,
});

describe("Schema", () => {
  const provider = useProvider("Schema", () => ({ databaseUrl: database().url }));

  it("keeps a schema that it made while something is in it, and says what", async () => {
    const state = await provider.create({ name: "full" });
    await run("create table full.work (id int)".replace("full.", '"full".'));
    await provider.client.delete("Schema", state);
    expect(await provider.client.read("Schema", "full", state)).toBeDefined();
    expect(provider.client.process.log()).toContain(
      'schema "full" is kept, because it still holds table "full".work; drop these and the schema yourself',
    );
  });

  it("gives the schema back to the owner it had", async () => {
    const state = await provider.create({ name: "owned" });
    await database().admin.query("alter schema owned owner to authenticated");
    const found = await provider.client.read("Schema", "owned", state);
    if (found === undefined) throw new Error("it is gone");
    expect((await provider.client.diff("Schema", found, state.inputs)).detailed).toEqual({
      "drift.owner": "delete",
      owner: "delete",
    });
    const repaired = await provider.client.update("Schema", found, state.inputs);
    expect(repaired.outputs.values.observed).toEqual({ owner: "postgres" });
  });
});
