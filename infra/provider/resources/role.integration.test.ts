import pg from "pg";
import { describe, expect, it } from "vitest";
import { describeContract } from "../contract.ts";
import { useProvider } from "../testing/use-provider.ts";
import { useTestDatabase } from "../testing/use-test-database.ts";

const CANARY = "canary-role-password-81c2";

const database = useTestDatabase(
  async ({ pool }) =>
    void (await pool.query(`
      create schema work;
      create table work.job (id int);
      create function work.noop() returns int language sql as 'select 1';
      revoke execute on function work.noop() from public;
    `)),
);
const run = async (sql: string) => void (await database().pool.query(sql));

const inputs = (name: string) => ({
  name,
  login: true,
  password: CANARY,
  connectionLimit: 3,
  settings: { statement_timeout: "5s" },
  memberOf: ["pg_monitor"],
  grants: [
    { on: "schema", name: "work", privileges: ["usage"] },
    { on: "table", name: "work.job", privileges: ["insert", "select"] },
    { on: "function", name: "work.noop", privileges: ["execute"] },
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
    memberOf: ["pg_read_all_data"],
    grants: [{ on: "table", name: "work.job", privileges: ["select"] }],
  }),
  identity: "name",
  secretPaths: [["password"]],
  outsideChanges: [
    {
      title: "it was locked out",
      make: (name) => run(`alter role ${name} nologin connection limit 0`),
      facts: ["connectionLimit", "login"],
      inputs: ["connectionLimit", "login"],
    },
    {
      title: "its settings were changed",
      make: (name) => run(`alter role ${name} set statement_timeout = 0`),
      facts: [["settings", "statement_timeout"]],
      inputs: ["settings.statement_timeout"],
    },
    {
      title: "a membership was revoked",
      make: (name) => run(`revoke pg_monitor from ${name}`),
      facts: ["memberOf"],
      inputs: ["memberOf[0]"],
    },
    {
      title: "a privilege was added and another revoked",
      make: (name) =>
        run(`grant delete on work.job to ${name}; revoke insert on work.job from ${name};
             revoke execute on function work.noop() from ${name}`),
      facts: [
        ["grants", "function work.noop"],
        ["grants", "table work.job"],
      ],
      inputs: ["grants[1].privileges[0]", "grants[2].privileges[0]"],
    },
  ],
  remove: async (name) => void (await database().admin.query(`drop owned by ${name}; drop role ${name}`)),
  makeForeign: (name) => run(`create role ${name}`),
  notImported: ["password", "grants"],
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

  it("leaves grants, settings and memberships alone that it was told nothing of", async () => {
    const state = await provider.create({ name: "role_free" });
    await run(
      "grant select on work.job to role_free; grant pg_monitor to role_free; alter role role_free set jit = off",
    );
    const found = await provider.client.read("Role", "role_free", state);
    expect(found?.outputs).toEqual(state.outputs);
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
    const settings = { search_path: 'work, "Odd Name"', statement_timeout: "5s" };
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
    const grants = [{ on: "view", name: "", privileges: ["SELECT"] }];
    expect(await provider.failures({ name: "x".repeat(64), connectionLimit: -2, grants })).toEqual({
      name: `"${"x".repeat(64)}" is 64 bytes long and Postgres keeps 63; shorten it`,
      connectionLimit: "must be -1 for no limit, or more",
      "grants[0].on": "must be one of schema, table, function",
      "grants[0].name": "must not be empty",
      "grants[0].privileges[0]": "must be one word in lower case, such as select",
    });
  });
});
