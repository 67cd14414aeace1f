import pg from "pg";
import { describe, expect, it } from "vitest";
import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import { describeContract } from "../contract.ts";
import { quoteIdentifier as quoted } from "../postgres/identifier.ts";
import { ProviderClient } from "../testing/provider-client.ts";
import { useProvider } from "../testing/use-provider.ts";

const CANARY = "canary-role-password-81c2";

const database = useTestDatabase(
  async ({ pool }) =>
    void (await pool.query(`
      create schema work;
      create table work.job (id int);
      create table work."my.Table ""x""" (id int, "a column" int);
      create sequence work.number;
      create type public.mood as enum ('good');
      create function work.noop(public.mood) returns int language sql as 'select 1';
      create function work.noop() returns int language sql as 'select 1';
      revoke execute on function work.noop() from public;
    `)),
);
// Where another role deploys, which made the ledger.
const unprivileged = useTestDatabase();
const run = async (sql: string) => void (await database().pool.query(sql));

const inputs = (name: string) => ({
  name,
  login: true,
  password: CANARY,
  connectionLimit: 3,
  settings: { statement_timeout: "5s" },
  memberOf: ["pg_monitor"],
  comment: "does the work",
  grants: [
    { on: "schema", name: "work", privileges: ["usage"] },
    { on: "table", name: "work.job", privileges: ["insert", "select"] },
    { on: "function", name: "work.noop()", privileges: ["execute"] },
  ],
});

describeContract({
  kind: "Role",
  config: () => ({ databaseUrl: database().url }),
  inputs,
  id: (name) => name,
  changed: (name) => ({
    ...inputs(name),
    login: false,
    password: `${CANARY}-rotated`,
    settings: { lock_timeout: "1s" },
    memberOf: ["pg_read_all_data with admin option"],
    createDatabase: true,
    inherit: false,
    validUntil: "2030-01-31T00:00:00Z",
    comment: "does other work",
    grants: [{ on: "table", name: "work.job", privileges: ["select"] }],
  }),
  identity: "name",
  secretPaths: [["password"]],
  outsideChanges: [
    {
      title: "it was locked out",
      make: (name) => run(`alter role ${quoted(name)} nologin connection limit 0`),
      facts: ["connectionLimit", "login"],
      inputs: ["connectionLimit", "login"],
    },
    {
      title: "its settings were changed",
      make: (name) => run(`alter role ${quoted(name)} set statement_timeout = 0`),
      facts: [["settings", "statement_timeout"]],
      inputs: ["settings.statement_timeout"],
    },
    {
      title: "a membership was revoked",
      make: (name) => run(`revoke pg_monitor from ${quoted(name)}`),
      facts: ["memberOf"],
      inputs: ["memberOf[0]"],
    },
    {
      title: "a privilege was added and another revoked",
      make: (name) =>
        run(`grant delete on work.job to ${quoted(name)}; revoke insert on work.job from ${quoted(name)};
             revoke execute on function work.noop() from ${quoted(name)}`),
      facts: [
        ["grants", "function work.noop()"],
        ["grants", "table work.job"],
      ],
      inputs: ["grants[1].privileges[0]", "grants[2].privileges[0]"],
    },
    {
      title: "it may pass a privilege on, has done so, and got one on a single column",
      make: (name) =>
        run(`grant select on work.job to ${quoted(name)} with grant option; grant ${quoted(name)} to current_user;
             set role ${quoted(name)}; grant select on work.job to anon; reset role;
             grant update (id) on work.job to ${quoted(name)}; revoke ${quoted(name)} from current_user`),
      facts: [["grants", "table work.job"]],
      inputs: ["grants[1].privileges[1]", "grants[1].privileges[2]"],
    },
    {
      title: "it may do more than it should",
      make: (name) =>
        run(`alter role ${quoted(name)} createdb createrole noinherit valid until '2000-01-01'`),
      facts: ["createDatabase", "createRole", "inherit", "validUntil"],
      inputs: ["createDatabase", "createRole", "inherit", "validUntil"],
    },
    {
      title: "it got a setting in a single database, which goes before the others",
      make: (name) => run(`alter role ${quoted(name)} in database postgres set statement_timeout = 0`),
      facts: [["databaseSettings", "postgres"]],
    },
    {
      title: "it may hand a membership to others",
      make: (name) => run(`grant pg_monitor to ${quoted(name)} with admin option`),
      facts: ["memberOf"],
      inputs: ["memberOf[0]"],
    },
    {
      title: "it became a member of another role",
      make: (name) => run(`grant anon to ${quoted(name)}`),
      facts: ["memberOf"],
      inputs: ["memberOf[0]", "memberOf[1]"],
    },
    {
      title: "its comment was removed",
      make: (name) => run(`comment on role ${quoted(name)} is null`),
      facts: ["comment"],
      inputs: ["comment"],
    },
  ],
  remove: async (name) =>
    void (await database().admin.query(`drop owned by ${quoted(name)}; drop role ${quoted(name)}`)),
  makeForeign: (name) =>
    run(`create role ${quoted(name)} createdb; alter role ${quoted(name)} set statement_timeout = '5s'`),
  notImported: ["password", "grants"],
  halfway: (name) => ({
    inputs: {
      ...inputs(name),
      connectionLimit: 7,
      password: "half",
      grants: [{ on: "table", name: "work.nothing", privileges: ["select"] }],
    },
    says: `role "${name}": is granted privileges on table "work.nothing", which does not exist;`,
  }),
});

describe("Role", () => {
  const provider = useProvider("Role", () => ({ databaseUrl: database().url }));
  const login = async (name: string, password: string) => {
    const url = new URL(database().url);
    url.username = name;
    url.password = encodeURIComponent(password);
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.end();
  };

  it("lets the role log in with its password, and after a rotation only with the new one", async () => {
    await database().admin.query("set password_encryption = 'scram-sha-256'");
    const password = "pass wörd/'\\\"";
    const state = await provider.create({ name: "role_login", login: true, password });
    const { rows } = await database().admin.query(
      "select rolpassword from pg_authid where rolname = 'role_login'",
    );
    expect(rows).toEqual([{ rolpassword: expect.stringMatching(/^SCRAM-SHA-256\$4096:/) }]);
    expect(JSON.stringify(rows)).not.toContain(password);
    await login("role_login", password);
    await provider.update(state, { name: "role_login", login: true, password: "other" });
    await login("role_login", "other");
  });

  it("leaves the password alone while it is repaired", async () => {
    const inputs = { name: "role_repair", login: true, password: "first" };
    const verifier = async () =>
      (await database().admin.query("select rolpassword from pg_authid where rolname = 'role_repair'"))
        .rows[0];
    const state = await provider.create(inputs);
    const before = await verifier();
    await provider.update(state, { ...inputs, connectionLimit: 5 });
    expect(await verifier()).toEqual(before);
  });

  it("leaves grants alone on objects that it was told nothing of", async () => {
    const state = await provider.create({ name: "role_free" });
    await run("grant select on work.job to role_free");
    const found = await provider.client.read("Role", "role_free", state);
    expect(found?.outputs).toEqual(state.outputs);
  });

  it("keeps what the program says nothing of as it was, and shows and undoes what was changed", async () => {
    await run("create role role_kept createdb noinherit; alter role role_kept set jit = off");
    const state = await provider.create({ name: "role_kept", adopt: true });
    expect(state.outputs.values.observed).toMatchObject({
      createDatabase: true,
      inherit: false,
      settings: { jit: "off" },
    });
    await run(
      "alter role role_kept nocreatedb; alter role role_kept reset jit; grant pg_monitor to role_kept",
    );
    const found = await provider.client.read("Role", "role_kept", state);
    if (found === undefined) throw new Error("it is gone");
    expect((await provider.client.diff("Role", found, state.inputs)).detailed).toEqual({
      "drift.createDatabase": "delete",
      "drift.memberOf": "delete",
      "drift.settings.jit": "delete",
      memberOf: "delete",
    });
    const repaired = await provider.client.update("Role", found, state.inputs);
    expect(repaired.outputs.values.observed).toEqual(state.outputs.values.observed);
  });

  it("shows what only a superuser can have changed, and says who must change it back", async () => {
    const state = await provider.create({ name: "role_high" });
    await database().admin.query("alter role role_high bypassrls replication superuser");
    const found = await provider.client.read("Role", "role_high", state);
    expect(Object.keys(found?.outputs.values.drift ?? {}).sort()).toEqual([
      "bypassRls",
      "replication",
      "superuser",
    ]);
    await expect(provider.update(found ?? state, { name: "role_high" })).rejects.toThrow(
      'run as a superuser: alter role "role_high" noreplication nobypassrls nosuperuser',
    );
    const client = await ProviderClient.start({ databaseUrl: database().adminUrl });
    const repaired = await client.update("Role", found ?? state, state.inputs);
    expect(repaired.outputs.values.observed).toEqual(state.outputs.values.observed);
    await client.stop();
  });

  it("sees a changed password where it may read verifiers, and sets its own again", async () => {
    const inputs = { name: "role_seen", login: true, password: "first" };
    const state = await provider.create(inputs);
    await run("alter role role_seen password 'second'");
    const found = await provider.client.read("Role", "role_seen", state);
    if (found === undefined) throw new Error("it is gone");
    expect((await provider.client.diff("Role", found, state.inputs)).detailed).toEqual({
      "drift.passwordDigest": "delete",
    });
    await provider.update(found, inputs);
    await login("role_seen", "first");
  });

  it("sets the password again for a role that was made anew, though it may read no verifier", async () => {
    await unprivileged().admin.query(
      `set password_encryption = "scram-sha-256"; create role role_deployer login createrole password 'deployer'; grant create on database ${unprivileged().name} to role_deployer`,
    );
    const url = new URL(unprivileged().url);
    url.username = "role_deployer";
    url.password = "deployer";
    const client = await ProviderClient.start({ databaseUrl: url.href });
    const { inputs } = await client.check("Role", { name: "role_anew", login: true, password: "first" });
    const state = await client.create("Role", inputs);
    await run("drop role role_anew; create role role_anew login");
    const found = await client.read("Role", "role_anew", state);
    expect(Object.keys(found?.outputs.values.drift ?? {})).toEqual(["oid"]);
    await client.update("Role", found ?? state, inputs);
    await client.stop();
    await login("role_anew", "first");
  });

  it("grants on sequences, single columns, one of several functions, and names that need quotes", async () => {
    const grants = [
      { on: "table", name: "work.number", privileges: ["usage"] },
      {
        on: "table",
        name: 'work."my.Table ""x"""',
        privileges: ["select with grant option", "update (a column)"],
      },
      { on: "function", name: "work.noop(public.mood)", privileges: ["execute"] },
    ];
    const state = await provider.create({ name: "role_wide", grants });
    expect(state.outputs.values.observed).toMatchObject({
      grants: Object.fromEntries(grants.map(({ on, name, privileges }) => [`${on} ${name}`, privileges])),
    });
    await provider.client.delete("Role", state);
  });

  it("wants to know which of several functions is meant", async () => {
    const grants = [{ on: "function", name: "work.noop", privileges: ["execute"] }];
    await expect(provider.create({ name: "role_two", grants })).rejects.toThrow(
      'role "role_two": is granted privileges on function "work.noop", which exists with () and (public.mood); add the argument types of the one that is meant to the name',
    );
  });

  it("says so when it may not grant what the program wants", async () => {
    await database().admin.query(
      "create table work.theirs (id int); grant select on work.theirs to postgres",
    );
    const grants = [{ on: "table", name: "work.theirs", privileges: ["select"] }];
    await expect(provider.create({ name: "role_poor", grants })).rejects.toThrow(
      'role "role_poor": does not get select on table "work.theirs"; deploy as the owner of the object',
    );
  });

  it("revokes what it granted when the program does not name the object any more", async () => {
    const grants = [{ on: "table", name: "work.job", privileges: ["select"] }];
    const state = await provider.create({ name: "role_less", grants });
    await provider.update(state, { name: "role_less", grants: [] });
    const { rows } = await database().pool.query(
      "select has_table_privilege('role_less', 'work.job', 'select') as may",
    );
    expect(rows).toEqual([{ may: false }]);
  });

  it("takes a list in a setting for a list", async () => {
    const settings = { search_path: 'work, "Odd, ""Name"""', statement_timeout: "5s" };
    const state = await provider.create({ name: "role_list", settings });
    expect(state.outputs.values.observed).toMatchObject({ settings });
  });

  it("says which object it cannot grant on", async () => {
    const grants = [{ on: "table", name: "work.nothing", privileges: ["select"] }];
    await expect(provider.create({ name: "role_lost", grants })).rejects.toThrow(
      'role "role_lost": is granted privileges on table "work.nothing", which does not exist; correct the name, or let the role depend on what makes it',
    );
    const { rows } = await database().pool.query("select from pg_roles where rolname = 'role_lost'");
    expect(rows).toEqual([]);
  });

  it("reports all mistakes at once", async () => {
    const grants = [{ on: "view", name: "", privileges: ["SELECT", "all"] }];
    expect(await provider.failures({ name: "x".repeat(64), connectionLimit: -2, grants })).toEqual({
      name: `"${"x".repeat(64)}" is 64 bytes long and Postgres keeps 63; shorten it`,
      connectionLimit: "must be -1 for no limit, or more",
      "grants[0].on": "must be one of schema, table, function",
      "grants[0].name": "must not be empty",
      "grants[0].privileges[0]": "must be one privilege in lower case, such as select",
      "grants[0].privileges[1]": "must be one privilege; name each instead of all",
    });
  });
});
