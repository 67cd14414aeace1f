import { describe, expect, it } from "vitest";
import { describeContract } from "../contract.ts";
import { useProvider } from "../testing/use-provider.ts";
import { useTestDatabase } from "../testing/use-test-database.ts";

const database = useTestDatabase(async ({ pool }) => void (await pool.query("create schema work")));
const run = async (sql: string) => void (await database().pool.query(sql));

const definition = (name: string, body = "select 1", attributes = "") =>
  `create or replace function work.${name}(p_a int default 1) returns int language sql ${attributes} as $$ ${body} $$`;

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
  id: (name) => `work.${name}`,
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
      make: (name) => run(`alter function work.${name} security definer set search_path = public`),
      facts: ["securityDefiner", "settings"],
      inputs: ["definition"],
    },
    {
      title: "its volatility was changed",
      make: (name) => run(`alter function work.${name} immutable`),
      facts: ["volatility"],
      inputs: ["definition"],
    },
    {
      title: "it was granted to everyone",
      make: (name) => run(`grant execute on function work.${name} to public`),
      facts: ["execute"],
      inputs: ["execute[0]", "execute[1]"],
    },
    {
      title: "its comment was changed",
      make: (name) => run(`comment on function work.${name} is 'mine'`),
      facts: ["comment"],
      inputs: ["comment"],
    },
    {
      title: "it was made anew with other arguments",
      make: (name) =>
        run(`drop function work.${name}; create function work.${name}(p_b text) returns int language sql as 'select 3';
             revoke execute on function work.${name} from public; grant execute on function work.${name} to service_role;
             comment on function work.${name} is 'says 1'`),
      facts: ["arguments", "signature", "sourceSha256"],
      inputs: ["definition"],
    },
    {
      title: "it was given to another owner",
      make: async (name) =>
        void (await database().admin.query(`alter function work.${name} owner to authenticated`)),
      facts: ["owner"],
    },
  ],
  remove: (name) => run(`drop function work.${name}`),
  makeForeign: (name) => run(definition(name, "select 0")),
  notImported: ["definition"],
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
    await expect(provider.create(inputs("mine", "create table work.mine ()"))).rejects.toThrow(
      'function "work.mine": its definition makes no function; write one "create or replace function work.mine" statement',
    );
    const hidden = `do $body$ begin ${definition("mine")}; create table work.extra (); end $body$`;
    await expect(provider.create(inputs("mine", hidden))).rejects.toThrow(
      'write one "create or replace function',
    );
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

  it("asks to clear up when somebody added an overload", async () => {
    const state = await provider.create(inputs("twice", definition("twice")));
    await run("create function work.twice(p_b text) returns int language sql as 'select 1'");
    expect(await provider.client.read("SqlFunction", state.id, state)).toBeDefined();
    await expect(provider.client.read("SqlFunction", "work.twice")).rejects.toThrow(
      'function "work.twice": exists 2 times, with (p_a integer) and (p_b text); drop all but one',
    );
  });

  it("keeps a secret in its definition out of the error", async () => {
    const secret = "canary-in-definition";
    const { client } = provider;
    const { inputs: checked } = await client.check("SqlFunction", inputs("leak", `create '${secret}'`), [
      ["definition"],
    ]);
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
