import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool } from "../../../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../../../test/support/test-cluster.ts";
import {
  accessToken,
  projectRef,
  startTestGateway,
  type TestGateway,
} from "../../local/gateway/testing/test-gateway.ts";
import { Database } from "../postgres/database.ts";
import { setPassword } from "../postgres/role-password.ts";
import { scramVerifier } from "../postgres/scram.ts";
import * as jobstack from "../sdk.ts";
import { installStops, stopAt } from "../testing/change-stops.ts";
import { TestStack } from "../testing/pulumi-stack.ts";

const VAULT = "canary-vault-3a1f9c é'\\n\t$1";
const CHANGED = "canary-changed-9d02b7";
const ENVIRONMENT = "canary-environment-51cc0e";
const PASSWORD = "canary-password-77b0de";
const DATABASE_PASSWORD = "canary-database-e4b8f1";
const secrets = [VAULT, CHANGED, ENVIRONMENT, PASSWORD, DATABASE_PASSWORD, accessToken];

/** The part that no quoting changes, and the whole as other programs write it down. */
const forms = secrets.flatMap((secret) => [
  /^canary-[a-z]+-[0-9a-f]+/.exec(secret)?.[0] ?? secret,
  Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  Buffer.from(secret).toString("hex"),
]);

const root = mkdtempSync(path.join(tmpdir(), "jobstack-canary-"));
writeFileSync(path.join(root, "index.ts"), "Deno.serve(() => new Response('hello'));");

/** Of the role that deploys, which the test itself gives a password, by a statement that the server logs. */
const testsOwnVerifier = scramVerifier(DATABASE_PASSWORD);

let cluster: TestCluster;
let gateway: TestGateway;
let admin: pg.Pool;
let stack: TestStack;
let value = VAULT;
let broken = false;

beforeAll(async () => {
  // A server that tells as much as it can.
  cluster = await createTestCluster({
    shared_preload_libraries: "pg_cron,pg_stat_statements",
    session_preload_libraries: "auto_explain",
    "pg_stat_statements.track": "all",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_nested_statements": "on",
    "auto_explain.log_analyze": "on",
    log_statement: "all",
    log_min_duration_statement: "0",
    log_parameter_max_length_on_error: "-1",
    log_min_error_statement: "debug1",
    log_error_verbosity: "verbose",
    log_connections: "on",
  });
  gateway = await startTestGateway({ databaseUrl: cluster.url });
  admin = openPool(cluster.adminUrl);
  await installStops(cluster.url, admin);
  // As on Supabase, where the role that deploys may set it.
  await admin.query('grant set on parameter "pg_stat_statements.track" to postgres');
  await admin.query(`alter role postgres password '${testsOwnVerifier}'`);
  stack = await TestStack.create(program);
});
afterAll(async () => {
  stack.delete();
  rmSync(root, { recursive: true });
  await admin.end();
  await gateway.close();
  await cluster.stop();
});

function databaseUrl(): string {
  const url = new URL(cluster.url);
  url.password = DATABASE_PASSWORD;
  return url.href;
}

async function program(): Promise<void> {
  const provider = new jobstack.Provider("project", {
    databaseUrl: databaseUrl(),
    projectRef,
    accessToken,
    apiUrl: gateway.url,
    lockTimeout: "1min",
  });
  new jobstack.VaultSecret("vault", { name: "KEY", value }, { provider });
  new jobstack.Secret("both", { name: "BOTH", value }, { provider });
  new jobstack.FunctionSecret("env", { name: broken ? "OTHER" : "KEY", value: ENVIRONMENT }, { provider });
  new jobstack.Role(
    "reader",
    { name: "reader", login: true, password: PASSWORD, ...(broken && { memberOf: ["nobody_at_all"] }) },
    { provider },
  );
  new jobstack.EdgeFunction(
    "hello",
    { slug: "hello", root, entrypoint: "index.ts", verifyJwt: true },
    { provider },
  );
}

// Several runs of the engine in one test.
const PATIENCE = 240_000;

describe("a secret", { timeout: PATIENCE }, () => {
  it("is in no process title, environment or running statement while it is set", async () => {
    const stop = await stopAt(admin, "VaultSecret KEY", "committing");
    const up = stack.startUp();
    await Promise.race([stop.reached(), up.ended.then(({ output }) => expect.fail(output))]);
    const { rows } = await admin.query<{ query: string }>("select query from pg_catalog.pg_stat_activity");
    const processes = [up.processes.engine, ...up.processes.providers].flatMap((pid) => [
      readFileSync(`/proc/${pid}/cmdline`, "utf8"),
      readFileSync(`/proc/${pid}/environ`, "utf8"),
    ]);
    await stop.release();
    expect((await up.ended).failed).toBe(false);
    expect(processes.join()).toContain("run-provider.mjs");
    expect(found(processes.join(), rows.map(({ query }) => query).join())).toEqual([]);
  });

  it("arrives whole", async () => {
    const { rows } = await admin.query(
      "select decrypted_secret from vault.decrypted_secrets where name = 'KEY'",
    );
    expect(rows).toEqual([{ decrypted_secret: VAULT }]);
  });

  it("is in no error of a change that fails", async () => {
    await admin.query(`
      create function public.refuse() returns trigger language plpgsql as
      $$ begin raise exception 'this row is refused'; end $$;
      create trigger refuse before update on vault.secrets for each row execute function public.refuse();
    `);
    value = CHANGED;
    broken = true;
    const { failed, output } = await stack.startUp().ended;
    expect(failed).toBe(true);
    expect(output).toContain("this row is refused");
    expect(output).toContain('role \\"nobody_at_all\\" does not exist');
    broken = false;
    await admin.query("drop trigger refuse on vault.secrets");
    await stack.up();
    expect(await stack.preview()).toEqual([]);
  });

  it("is in nothing that Pulumi says or keeps", () => {
    const kept = files(stack.directory);
    expect(kept.length).toBeGreaterThan(2);
    expect(found(stack.output, ...kept)).toEqual([]);
    // Of a provider's settings, which are its outputs, the SDK's own debug log tells.
    const ours = secrets.filter((secret) => secret !== DATABASE_PASSWORD && secret !== accessToken);
    expect(ours.filter((secret) => stack.debugOutput.includes(secret))).toEqual([]);
  });

  it("is in no log of the server, though it logs every statement with its parameters", () => {
    const log = readFileSync(cluster.cluster.logFile, "utf8");
    expect(log).toContain("parameters: $1 = 'KEY'");
    expect(log).toContain("create_secret");
    expect(found(log)).toEqual([]);
  });

  it("is, if a password, nowhere as the verifier that the server stores either", async () => {
    const { rows } = await admin.query<{ verifier: string; statistics: string }>(`
      select a.rolpassword as verifier,
             (select string_agg(s.query, ';') from extensions.pg_stat_statements as s) as statistics
        from pg_catalog.pg_authid as a
       where a.rolname = 'reader'
    `);
    const [{ verifier, statistics } = expect.fail("no role")] = rows;
    const log = readFileSync(cluster.cluster.logFile, "utf8");
    for (const text of [log, statistics]) {
      expect(text).toContain("alter role %I password %L");
      expect(text).not.toContain(verifier);
    }
  });

  it("is in no log as a verifier when setting the password fails, nor where statistics may not be switched off", async () => {
    await admin.query('revoke set on parameter "pg_stat_statements.track" from postgres');
    const database = new Database({
      databaseUrl: databaseUrl(),
      lockTimeout: "50ms",
      statementTimeout: "1min",
    });
    const set = (role: string) => database.change((sql) => setPassword(sql, role, PASSWORD));
    await set("reader");
    await expect(set("nobody_at_all")).rejects.toThrow('role "nobody_at_all" does not exist');
    // Somebody else is changing the role.
    const other = await admin.connect();
    await other.query("begin; alter role reader connection limit 7");
    await expect(set("reader")).rejects.toMatchObject({ code: "55P03" });
    await other.query("commit");
    other.release();
    await database.close();
    const verifiers = readFileSync(cluster.cluster.logFile, "utf8").match(/SCRAM-SHA-256\$[^' ]*/g) ?? [];
    expect([...new Set(verifiers)]).toEqual([testsOwnVerifier]);
    const url = new URL(cluster.url);
    Object.assign(url, { username: "reader", password: PASSWORD });
    const client = new pg.Client(url.href);
    await client.connect();
    await client.end();
  });

  it("is in no statistics, job or other readable place of the database", async () => {
    const { rows } = await admin.query<{ text: string }>(`
      select s::text as text from extensions.pg_stat_statements as s
      union all select j::text from cron.job as j
      union all select a::text from pg_catalog.pg_stat_activity as a where a.pid <> pg_backend_pid()
      union all select r::text from jobstack_provider.resource as r
      union all select s::text from vault.secrets as s
      union all select a::text from pg_catalog.pg_authid as a
    `);
    expect(rows.some(({ text }) => text.includes("create_secret"))).toBe(true);
    expect(found(...rows.map(({ text }) => text))).toEqual([]);
  });

  it("is nowhere on the server's disk, write-ahead log included", async () => {
    await admin.query("checkpoint");
    const disk = filesAt(cluster.cluster.dataDir).filter((file) => {
      const content = readFileSync(file);
      return forms.some((form) => content.includes(form));
    });
    expect(disk).toEqual([]);
  });

  it("is in no log of the gateway", async () => {
    expect(
      found(JSON.stringify(await gateway.logs()), ...files(path.join(gateway.directory, "logs"))),
    ).toEqual([]);
  });
});

function found(...texts: string[]): string[] {
  return [...new Set(forms.filter((form) => texts.some((text) => text.includes(form))))];
}

function filesAt(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function files(directory: string): string[] {
  return filesAt(directory).map((file) => readFileSync(file, "utf8"));
}
