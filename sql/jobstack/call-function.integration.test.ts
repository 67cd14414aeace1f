import { jwtVerify } from "jose";
import type { PoolClient } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import { createQueueDatabase, setClock, value, wakeSecret } from "./testing/queue-database.ts";

const url = "https://example.com/functions/v1/digest";

let database: TestDatabase;
let client: PoolClient;

beforeEach(async () => {
  database = await createQueueDatabase();
  client = await database.pool.connect();
});
afterEach(async () => {
  client.release();
  await database.drop();
});

const call = (options = "") =>
  value<string>(client, `select jobstack.call_function('nightly', $1${options})`, [url]);
const request = async () => (await client.query("select * from net.calls order by id desc limit 1")).rows[0];

/** Fails unless the request bears a token that is signed with the secret and meant for `audience`. */
async function verifyToken(audience: string): Promise<void> {
  const token = (await request()).headers.Authorization.replace("Bearer ", "");
  await jwtVerify(token, new TextEncoder().encode(wakeSecret), { issuer: "jobstack", audience });
}

describe("call_function()", () => {
  it("posts the body, headers and time limit it is given, and returns pg_net's id of the request", async () => {
    const id = await call(`, p_body => '{"n": 1}', p_headers => '{"X-Team": "mail"}', p_timeout_ms => 9000`);
    expect(await request()).toEqual({
      id,
      url,
      body: { n: 1 },
      headers: { "Content-Type": "application/json", "X-Team": "mail" },
      timeout_milliseconds: 9000,
    });
  });

  it("presents a token for the named audience, and not the secret", async () => {
    await call(", p_secret => 'MAIL_SECRET', p_audience => 'digest'");
    await verifyToken("digest");
    await expect(verifyToken("other")).rejects.toThrow('unexpected "aud" claim value');
    expect(JSON.stringify(await request())).not.toContain(wakeSecret);
  });

  it("presents the secret itself when no audience is named", async () => {
    await call(", p_secret => 'MAIL_SECRET'");
    expect(await request()).toMatchObject({ headers: { Authorization: `Bearer ${wakeSecret}` } });
  });

  it("reads the secret at each call, so that a changed one needs no new schedule", async () => {
    await client.query(
      "select vault.update_secret((select id from vault.secrets where name = 'MAIL_SECRET'), 'new')",
    );
    await call(", p_secret => 'MAIL_SECRET'");
    expect(await request()).toMatchObject({ headers: { Authorization: "Bearer new" } });
  });

  it("fails, and posts nothing, when Vault has no such secret", async () => {
    await expect(call(", p_secret => 'GONE'")).rejects.toThrow(
      'vault has no secret "GONE"; add it with vault.create_secret(), or name another',
    );
    expect(await request()).toBeUndefined();
  });

  it("fails when pg_net is missing", async () => {
    await client.query("drop schema net cascade");
    await expect(call()).rejects.toThrow("net.http_post is missing; create extension pg_net");
  });

  it("notes which session asked for which request, and when", async () => {
    await setClock(client, "2026-01-01T00:00:00Z");
    const id = await call();
    const { rows } = await client.query("select *, pg_backend_pid() as mine from jobstack.function_call");
    expect(rows).toEqual([
      {
        called_at: new Date("2026-01-01T00:00:00Z"),
        source: "schedule",
        name: "nightly",
        request_id: id,
        pid: rows[0]?.mine,
        mine: rows[0]?.mine,
      },
    ]);
  });

  it.each(["service_role", "authenticated", "anon"])("is not for %s", async (role) => {
    const sql = `select has_function_privilege($1, p.oid, 'execute') from pg_catalog.pg_proc p
      where p.oid = 'jobstack.call_function'::regproc`;
    expect(await value(client, sql, [role])).toBe(false);
  });
});
