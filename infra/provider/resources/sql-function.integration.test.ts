import { describe, expect, it } from "vitest";
import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import { describeContract } from "../contract.ts";
import { quoteIdentifier as quoted } from "../postgres/identifier.ts";
import { joinNames } from "../postgres/qualified-name.ts";
import { useProvider } from "../testing/use-provider.ts";

const database = useTestDatabase(
  async ({ pool }) =>
    void (await pool.query("create schema work; grant usage on schema work to service_role")),
);
const run = async (sql: string) => void (await database().pool.query(sql));

const definition = (name: string, body = "select 1", attributes = "") =>
  `create or replace function work.${quoted(name)}(p_a int default 1) returns int language sql ${attributes} as $$ ${body} $$`;

describeContract({
  kind: "SqlFunction",
  config: () => ({ databaseUrl: database().url }),
  inputs: (name) => ({
    schema: "work",
    name,
    definition: definition(name),
    execute: ["service_role"],
    comment: "says 1",
  }),
  id: (name) => joinNames(["work", name]),
  changed: (name) => ({
    schema: "work",
    name,
    definition: definition(name, "select 2"),
    execute: ["anon"],
    comment: "says 2",
  }),
  identity: "name",
  outsideChanges: [
    {
      title: "its body was changed",
      make: (name) => run(definition(name, "select 666")),
      facts: ["sourceSha256"],
      inputs: ["definition"],
    },
    {
      title: "it was made security definer with a search_path",
      make: (name) => run(`alter function work.${quoted(name)} security definer set search_path = public`),
      facts: ["securityDefiner", "settings"],
      inputs: ["definition"],
    },
    {
      title: "its volatility was changed",
      make: (name) => run(`alter function work.${quoted(name)} immutable`),
      facts: ["volatility"],
      inputs: ["definition"],
    },
    {
      title: "it was granted to everyone",
      make: (name) => run(`grant execute on function work.${quoted(name)} to public`),
      facts: ["execute"],
      inputs: ["execute[0]", "execute[1]"],
    },
    {
      title: "its comment was changed",
      make: (name) => run(`comment on function work.${quoted(name)} is 'mine'`),
      facts: ["comment"],
      inputs: ["comment"],
    },
    {
      title: "it was made anew with other arguments",
      make: (name) =>
        run(`drop function work.${quoted(name)}; create function work.${quoted(name)}(p_b text) returns int language sql as 'select 3';
             revoke execute on function work.${quoted(name)} from public; grant execute on function work.${quoted(name)} to service_role;
             comment on function work.${quoted(name)} is 'says 1'`),
      facts: ["arguments", "signature", "sourceSha256"],
      inputs: ["definition"],
    },
    {
      title: "it was given to another owner",
      make: async (name) =>
        void (await database().admin.query(`alter function work.${quoted(name)} owner to authenticated`)),
      facts: ["owner"],
      inputs: ["owner"],
    },
    {
      title: "a role may pass it on, and has done so",
      make: (name) =>
        run(`grant execute on function work.${quoted(name)} to service_role with grant option;
             set role service_role; grant execute on function work.${quoted(name)} to anon; reset role`),
      facts: ["execute"],
      inputs: ["execute[0]", "execute[1]"],
    },
    {
      title: "somebody made it dearer, stricter and unsafe in parallel",
      make: (name) => run(`alter function work.${quoted(name)} strict cost 7 parallel safe`),
      facts: ["planning"],
      inputs: ["definition"],
    },
  ],
  remove: (name) => run(`drop function work.${quoted(name)}`),
  makeForeign: (name) => run(definition(name, "select 0")),
  notImported: ["definition"],
  halfway: (name) => ({
    inputs: { schema: "work", name, definition: definition(name, "select 3"), execute: ["nobody_there"] },
    says: `function "work.${name}": role "nobody_there" does not exist`,
  }),
});

describe("SqlFunction", () => {
  const provider = useProvider("SqlFunction", () => ({ databaseUrl: database().url }));
  const inputs = (name: string, text: string, more = {}) => ({
    schema: "work",
    name,
    definition: text,
    ...more,
  });
  const signatures = async (name: string) => {
    const { rows } = await database().pool.query<{ signature: string }>(
      "select oid::regprocedure::text as signature from pg_proc where proname = $1 order by 1",
      [name],
    );
    return rows.map(({ signature }) => signature);
  };

  it("replaces the old overload when the arguments change, and keeps the grants right", async () => {
    const state = await provider.create(inputs("args", definition("args"), { execute: ["anon"] }));
    const text = "create or replace function work.args(p_a text) returns int language sql as 'select 1'";
    await provider.update(state, inputs("args", text, { execute: ["anon"] }));
    expect(await signatures("args")).toEqual(["work.args(text)"]);
    const { rows } = await database().pool.query(
      "select has_function_privilege('anon', 'work.args(text)', 'execute') as anon, has_function_privilege('authenticated', 'work.args(text)', 'execute') as everyone",
    );
    expect(rows).toEqual([{ anon: true, everyone: false }]);
  });

  it("makes it anew when the result changes, or a function becomes a procedure", async () => {
    const state = await provider.create(inputs("result", definition("result"), { execute: ["anon"] }));
    const text =
      "create or replace function work.result(p_a int default 1) returns text language sql as $$ select 'x' $$";
    const updated = await provider.update(state, inputs("result", text, { execute: ["anon"] }));
    expect(updated.outputs.values.observed).toMatchObject({ result: "text", execute: ["anon"] });
    const procedure = "create or replace procedure work.result(p_a int default 1) language sql as 'select 1'";
    const final = await provider.update(updated, inputs("result", procedure));
    expect(final.outputs.values.observed).toMatchObject({ kind: "procedure" });
    await provider.client.delete("SqlFunction", final);
    expect(await signatures("result")).toEqual([]);
  });

  it("refuses to drop what others depend on, naming them", async () => {
    const state = await provider.create(inputs("used", definition("used")));
    await run("create view work.user_of_it as select work.used(1)");
    const text =
      "create or replace function work.used(p_a int default 1) returns text language sql as $$ select 'x' $$";
    await expect(provider.update(state, inputs("used", text))).rejects.toThrow(
      'function "work.used": cannot drop function work.used(integer) because other objects depend on it (view work.user_of_it depends on function work.used(integer)) [SQLSTATE 2BP01]; drop or change what depends on it first; nothing is ever dropped with cascade',
    );
    expect(await signatures("used")).toEqual(["work.used(integer)"]);
  });

  it("refuses a definition that makes something else, and makes nothing", async () => {
    await expect(provider.create(inputs("mine", definition("theirs")))).rejects.toThrow(
      'function "work.mine": its definition makes "work.theirs"; write one "create or replace function work.mine" statement',
    );
    const hidden = `do $body$ begin ${definition("mine")}; create table work.extra (); end $body$`;
    for (const text of ["create table work.mine ()", `create schema x ${definition("mine")}`, hidden]) {
      expect(await provider.failures(inputs("mine", text))).toEqual({
        definition:
          'does not begin as it must; write one "create or replace function" or "create or replace procedure" statement',
      });
    }
    expect([...(await signatures("mine")), ...(await signatures("theirs"))]).toEqual([]);
  });

  it("refuses two statements", async () => {
    await expect(provider.create(inputs("two", `${definition("two")}; drop schema work`))).rejects.toThrow(
      'function "work.two": cannot insert multiple commands into a prepared statement [SQLSTATE 42601]; correct the statement; it must be exactly one, of the documented form',
    );
  });

  it("refuses security definer without search_path", async () => {
    const text = definition("definer", "select 1", "security definer");
    await expect(provider.create(inputs("definer", text))).rejects.toThrow(
      `function "work.definer": is security definer without a fixed search_path, so its caller decides which objects it uses; add "set search_path = ''" to its definition and qualify the names in it`,
    );
    expect(await signatures("definer")).toEqual([]);
    const safe = definition("definer", "select 1", "security definer set search_path = ''");
    await expect(provider.create(inputs("definer", safe))).resolves.toBeDefined();
  });

  it("finds no difference in a function of the new style, without a text body", async () => {
    const text =
      "create or replace function work.atomic(p_a int) returns int begin atomic select p_a + 1; end";
    const state = await provider.create(inputs("atomic", text));
    const found = await provider.client.read("SqlFunction", state.id, state);
    expect(found?.outputs).toEqual(state.outputs);
  });

  it("knows its own among others of the name, also after its own was dropped", async () => {
    const state = await provider.create(inputs("twice", definition("twice")));
    await run(`create function work.twice(p_b text) returns int language sql as 'select 1';
               create function work.twice(p_c bigint) returns int language sql as 'select 1'`);
    const found = await provider.client.read("SqlFunction", state.id, state);
    expect(found?.outputs).toEqual(state.outputs);
    await run("drop function work.twice(int)");
    expect(await provider.client.read("SqlFunction", state.id, state)).toBeUndefined();
    await provider.create(inputs("twice", definition("twice")));
    expect(await signatures("twice")).toEqual([
      "work.twice(bigint)",
      "work.twice(integer)",
      "work.twice(text)",
    ]);
  });

  it("imports one of several by its argument types", async () => {
    await run(`create function work.many(p_a int) returns int language sql as 'select 1';
               create function work.many(p_b text) returns int language sql as 'select 1'`);
    await expect(provider.client.read("SqlFunction", "work.many")).rejects.toThrow(
      'function "work.many": exists 2 times, with (integer) and (text); import one of them with the id "work.many(integer)" or "work.many(text)"',
    );
    const imported = await provider.client.read("SqlFunction", 'work."many"(text)');
    expect(imported).toMatchObject({
      id: "work.many",
      outputs: { values: { observed: { signature: "p_b text" } } },
    });
    await expect(
      provider.create(inputs("many", definition("many").replace(" default 1", ""))),
    ).rejects.toThrow(
      'function "work.many": exists with (p_a integer) beside others, and this stack did not make it; drop it, or set adopt: true to take it over',
    );
  });

  it("keeps grants that it was told nothing of when it is made anew", async () => {
    const text = definition("kept");
    const state = await provider.create(inputs("kept", text));
    await run(
      "revoke execute on function work.kept from public; grant execute on function work.kept to anon",
    );
    const updated = await provider.update(
      state,
      inputs("kept", text.replace("returns int", "returns bigint").replace("select 1", "select 1::bigint")),
    );
    await provider.update(updated, inputs("kept", text.replace("p_a int default 1", "p_a text")));
    const { rows } = await database().pool.query("select proacl::text from pg_proc where proname = 'kept'");
    expect(rows).toEqual([{ proacl: "{postgres=X/postgres,anon=X/postgres}" }]);
  });

  it("finds its own again when a type of an argument is in the search path of the one who deploys", async () => {
    await run("create type public.mood as enum ('good')");
    const text =
      "create or replace function work.moody(p_a mood, p_b int) returns int language sql as $$ select 1 $$";
    const state = await provider.create(inputs("moody", text));
    await provider.update(state, inputs("moody", text.replace("select 1", "select 2")));
    expect(await signatures("moody")).toEqual(["work.moody(mood,integer)"]);
  });

  it("gives itself to an owner, and a comment back that it was told nothing of", async () => {
    await database().admin.query(
      "grant authenticated to postgres; grant create on schema work to authenticated",
    );
    const state = await provider.create(inputs("owned", definition("owned"), { owner: "authenticated" }));
    expect(state.outputs.values.observed).toMatchObject({ owner: "authenticated", comment: "" });
    await run("comment on function work.owned is 'mine'");
    const found = await provider.client.read("SqlFunction", state.id, state);
    expect(Object.keys(found?.outputs.values.drift ?? {})).toEqual(["comment"]);
    const repaired = await provider.update(
      found ?? state,
      inputs("owned", definition("owned"), { owner: "authenticated" }),
    );
    expect(repaired.outputs.values.observed).toEqual(state.outputs.values.observed);
  });

  it("keeps a secret in its definition out of the error", async () => {
    const secret = "canary-in-definition";
    const { client } = provider;
    const { inputs: checked } = await client.check(
      "SqlFunction",
      inputs("leak", `create function '${secret}'`),
      [["definition"]],
    );
    await expect(client.create("SqlFunction", checked)).rejects.toThrow(
      'function "work.leak": syntax error at or near "[secret]" [SQLSTATE 42601]',
    );
  });

  it("says what it lacks when the schema is missing", async () => {
    const text = "create or replace function nowhere.f() returns int language sql as 'select 1'";
    await expect(provider.create({ schema: "nowhere", name: "f", definition: text })).rejects.toThrow(
      'function "nowhere.f": schema "nowhere" does not exist [SQLSTATE 3F000]; correct the name, or let this resource depend on the one that makes it',
    );
  });
});
