import { describe, expect, it } from "vitest";
import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import { describeContract } from "../contract.ts";
import { quoteIdentifier as quoted } from "../postgres/identifier.ts";
import { useProvider } from "../testing/use-provider.ts";

const database = useTestDatabase();
const run = async (sql: string) => void (await database().pool.query(sql));

describeContract({
  kind: "Schema",
  config: () => ({ databaseUrl: database().url }),
  inputs: (name) => ({ name, usage: ["anon"], create: ["authenticated"], comment: "for work" }),
  id: (name) => name,
  changed: (name) => ({
    name,
    usage: ["authenticated", "public"],
    create: ["service_role with grant option"],
    comment: "for other work",
  }),
  identity: "name",
  outsideChanges: [
    {
      title: "a role was granted usage",
      make: (name) => run(`grant usage on schema ${quoted(name)} to service_role`),
      facts: ["usage"],
      inputs: ["usage[1]"],
    },
    {
      title: "its usage was revoked",
      make: (name) => run(`revoke usage on schema ${quoted(name)} from anon`),
      facts: ["usage"],
      inputs: ["usage[0]"],
    },
    {
      title: "a role may pass its usage on, and has done so",
      make: (name) =>
        run(`grant usage on schema ${quoted(name)} to anon with grant option;
             grant anon to current_user; set role anon;
             grant usage on schema ${quoted(name)} to authenticated; reset role`),
      facts: ["usage"],
      inputs: ["usage[0]", "usage[1]"],
    },
    {
      title: "everyone may create objects in it",
      make: (name) => run(`grant create on schema ${quoted(name)} to public`),
      facts: ["create"],
      inputs: ["create[1]"],
    },
    {
      title: "its comment was changed",
      make: (name) => run(`comment on schema ${quoted(name)} is 'mine'`),
      facts: ["comment"],
      inputs: ["comment"],
    },
    {
      title: "it was given to another owner",
      make: async (name) =>
        void (await database().admin.query(`alter schema ${quoted(name)} owner to authenticated`)),
      facts: ["create", "owner"],
      inputs: ["create[0]", "owner"],
    },
  ],
  remove: (name) => run(`drop schema ${quoted(name)}`),
  makeForeign: (name) => run(`create schema ${quoted(name)}; comment on schema ${quoted(name)} is 'old'`),
  notImported: ["usage", "create"],
  halfway: (name) => ({
    inputs: { name, usage: ["authenticated"], create: ["nobody_there"], comment: "new" },
    says: `schema "${name}": role "nobody_there" does not exist`,
  }),
  shared: true,
});

describe("Schema", () => {
  const provider = useProvider("Schema", () => ({ databaseUrl: database().url }));
  const roles = useProvider("Role", () => ({ databaseUrl: database().url }));

  it("keeps a schema that it made while something is in it, and says what", async () => {
    const state = await provider.create({ name: "full" });
    await run("create table full.work (id int)".replace("full.", '"full".'));
    await provider.client.delete("Schema", state);
    expect(await provider.client.read("Schema", "full", state)).toBeDefined();
    expect(provider.client.process.log()).toContain(
      'schema "full" is kept, because it still holds table "full".work; drop these and the schema yourself',
    );
  });

  it("that is kept leaves nothing to a role of ours, so that the role can be dropped next, and all to others", async () => {
    const role = await roles.create({ name: "our_reader" });
    const state = await provider.create({ name: "kept", usage: ["anon", "our_reader"] });
    await run("create table kept.work (id int)");
    await provider.client.delete("Schema", state);
    await roles.client.delete("Role", role);
    const { rows } = await database().pool.query(
      "select has_schema_privilege('anon', 'kept', 'usage') as anon, to_regrole('our_reader') as role",
    );
    expect(rows).toEqual([{ anon: true, role: null }]);
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
    expect(repaired.outputs.values.observed).toEqual({ owner: "postgres", comment: "" });
  });

  it("keeps an owner and a comment that were there before", async () => {
    await database().admin.query(
      "create schema theirs; grant authenticated to postgres; alter schema theirs owner to authenticated; comment on schema theirs is 'x'",
    );
    const state = await provider.create({ name: "theirs" });
    expect(state.outputs.values.observed).toEqual({ owner: "authenticated", comment: "x" });
    const updated = await provider.update(state, { name: "theirs", usage: ["anon"] });
    expect(updated.outputs.values.observed).toMatchObject({ owner: "authenticated", comment: "x" });
  });
});
