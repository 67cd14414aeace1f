// What SQL code can rely on without any request being sent. The same holds for the real pg_net.
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/test-database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.pool.query("create extension pg_net");
});
afterAll(() => db.drop());

const badUrls: [url: string, reason: string][] = [
  ["", "Bad scheme"],
  ["/x", "Bad scheme"],
  ["example.com", "Bad scheme"],
  ["localhost:18080/x", "Unsupported URL scheme"],
  ["foo://x/", "Unsupported URL scheme"],
  ["http:////x/", "Unsupported number of slashes"],
  ["http://", "No host part in the URL"],
  ["http://:80/", "No host part in the URL"],
  ["http://a b/", "Bad hostname"],
  ["http://a<b/", "Bad hostname"],
  ["http://[::g]/", "Bad IPv6 address"],
  ["http://h/a b", "Bad path"],
  ["http://h/a\nb", "Bad path"],
  ["http://h/?a b", "Bad query"],
  ["http://h:99999/", "Port number was not a decimal number between 0 and 65535"],
  ["http://h:8x/", "Port number was not a decimal number between 0 and 65535"],
];

test.each(badUrls)("refuses the URL %j: %s", async (url, reason) => {
  const error = await failure("select net.http_post($1)", [url]);
  expect([error.code, error.message]).toEqual(["XX000", `invalid URL "${url}": ${reason}`]);
});

const refusals: [call: string, code: string, message: RegExp][] = [
  ["net.http_post(null)", "23502", /null value in column "url" of relation "http_request_queue"/],
  ["net.http_get(null)", "23502", /null value in column "url"/],
  ["net.http_post('http://h', timeout_milliseconds := null)", "23502", /column "timeout_milliseconds"/],
  ["net.http_post('http://h', headers := '{\"Content-Type\": \"text/plain\"}')", "P0001", contentType()],
  [
    "net.http_post('http://h', headers := '{\"content-type\": \"Application/JSON\"}')",
    "P0001",
    contentType(),
  ],
  ["net.http_post('http://h', headers := '{\"Content-Type\": \"\"}')", "P0001", contentType()],
  ["net.http_post('http://h', headers := '[]')", "22023", /^cannot call jsonb_each_text on a non-object$/],
  ["net.http_post('http://h', params := '[]')", "22023", /^cannot call jsonb_each_text on a non-object$/],
  ["net.http_post('http://h', body := 'no json')", "22P02", /^invalid input syntax for type json$/],
  ["net.http_post('http://h', body := '{}'::json)", "42883", /function .* does not exist/],
  ["net.http_collect_response(1)", "42601", /^query has no destination for result data$/],
];

test.each(refusals)("refuses %s with %s", async (call, code, message) => {
  const error = await failure(`select ${call}`);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
});

test("accepts only get, post and delete in the queue", async () => {
  const error = await failure(
    "insert into net.http_request_queue (method, url, timeout_milliseconds) values ('PUT', 'http://h', 1)",
  );
  expect([error.code, error.constraint]).toEqual(["23514", "http_method_check"]);
});

const urls: [given: string, params: string, stored: string][] = [
  ["HTTP://LOCALHOST/x", "{}", "http://LOCALHOST/x"],
  ["http://h", "{}", "http://h/"],
  ["http:/h/x", "{}", "http://h/x"],
  ["http://h/a/../b/./c/..", "{}", "http://h/b/"],
  ["http://127.0.0.1:54321/functions/v1/a-b.c", "{}", "http://127.0.0.1:54321/functions/v1/a-b.c"],
  ["https://h.test/a/", "{}", "https://h.test/a/"],
  ["http://h/.a//..b/", "{}", "http://h/.a//..b/"],
  ["http://h:80/", "{}", "http://h:80/"],
  ["http://h:080/", "{}", "http://h:80/"],
  ["http://h:/", "{}", "http://h/"],
  ["http://u:p@h/?a=%7B#f", "{}", "http://u:p@h/?a=%7B#f"],
  ["http://[::1]:8/é", "{}", "http://[::1]:8/é"],
  ["ftp://h/x", "{}", "ftp://h/x"],
  ["http://h/#f", '{"bb": "{x}", "a": "1 2"}', "http://h/?a=1%202&bb=%7bx%7d#f"],
  ["http://h/?x=1", '{"a": "é"}', "http://h/?x=1&a=%c3%a9"],
  ["http://h/?x=1&", '{"a": null, "b": true}', "http://h/?x=1&b=true"],
];

test.each(urls)("stores %s with the parameters %s as %s", async (given, params, stored) => {
  const { rows } = await queued("net.http_get($1, $2)", [given, params]);
  expect(rows[0]?.url).toBe(stored);
});

test("encodes a string on its own with upper-case hex digits", async () => {
  const { rows } = await db.pool.query("select net._urlencode_string('a-z._~ {é}/%') as text");
  expect(rows[0].text).toBe("a-z._~%20%7B%C3%A9%7D%2F%25");
});

describe("fills in what a caller leaves out", () => {
  const json = { "Content-Type": "application/json" };
  test.each([
    ["net.http_post('http://h')", { method: "POST", headers: json, body: "{}", timeout: 5000 }],
    ["net.http_post('http://h', headers := '{}')", { headers: json }],
    ["net.http_post('http://h', headers := '{\"X\": \"1\"}')", { headers: { X: "1", ...json } }],
    [
      "net.http_post('http://h', headers := '{\"content-TYPE\": \"application/json\"}')",
      { headers: { "content-TYPE": "application/json" } },
    ],
    ["net.http_post('http://h', headers := null)", { headers: null }],
    ["net.http_post('http://h', body := null)", { body: null }],
    ["net.http_post('http://h', body := '{\"b\":1,\"a\":[]}')", { body: '{"a": [], "b": 1}' }],
    ["net.http_post('http://h', params := null)", { url: "http://h/" }],
    ["net.http_post('http://h', timeout_milliseconds := -1)", { timeout: -1 }],
    ["net.http_get('http://h')", { method: "GET", headers: {}, body: null, timeout: 5000 }],
    ["net.http_delete('http://h')", { method: "DELETE", headers: {}, body: null, timeout: 5000 }],
    ["net.http_delete('http://h', body := '{\"a\": 1}')", { body: '{"a": 1}' }],
  ])("%s", async (call, expected) => {
    const { rows } = await queued(call);
    expect(rows[0]).toMatchObject(expected);
  });
});

test("counts ids from 1 and gives each request the next", async () => {
  const own = await createTestDatabase();
  try {
    await own.pool.query("create extension pg_net");
    const { rows } = await own.pool.query(
      "select net.http_get('http://h') as a, net.http_get('http://h') as b",
    );
    expect(rows).toEqual([{ a: "1", b: "2" }]);
  } finally {
    await own.drop();
  }
});

test("queues nothing for a rolled back transaction or exception block", async () => {
  const client = await db.pool.connect();
  try {
    await client.query("truncate net.http_request_queue");
    await client.query("begin");
    await client.query("select net.http_get('http://h')");
    await client.query("rollback");
    await client.query(`do $$ begin
      perform net.http_get('http://h');
      raise exception 'x';
    exception when others then null; end $$`);
    expect((await client.query("select from net.http_request_queue")).rowCount).toBe(0);
  } finally {
    client.release();
  }
});

test("wakes the worker once for a statement with many rows", async () => {
  await db.pool.query("create table job (id int)");
  await db.pool.query(`create function wake_up() returns trigger language plpgsql as $$
    begin perform net.http_post('http://h'); return null; end $$`);
  await db.pool.query("create trigger t after insert on job for each statement execute function wake_up()");
  const client = await db.pool.connect();
  try {
    const received: string[] = [];
    client.on("notification", ({ channel }) => received.push(channel));
    await client.query("listen pg_net_wake");
    await client.query("truncate net.http_request_queue");
    await client.query("insert into job select generate_series(1, 10000)");
    await client.query("select 1");
    expect(received).toEqual(["pg_net_wake"]);
    expect((await client.query("select from net.http_request_queue")).rowCount).toBe(1);
  } finally {
    client.release(true);
  }
});

test("is open to every role without a grant", async () => {
  await db.admin.query("create role net_contract_test");
  const client = await db.admin.connect();
  try {
    await client.query("set role net_contract_test");
    await client.query("select net.http_post('http://h', headers := '{\"Authorization\": \"visible\"}')");
    const { rows } = await client.query(
      "select headers from net.http_request_queue order by id desc limit 1",
    );
    expect(rows[0].headers).toMatchObject({ Authorization: "visible" });
    await client.query("select from net._http_response");
    await client.query("truncate net.http_request_queue, net._http_response");
  } finally {
    client.release(true);
    await db.admin.query("drop role net_contract_test");
  }
});

test("has unlogged tables without unique ids", async () => {
  const { rows } = await db.pool.query(
    `select c.relname, c.relpersistence, exists (select from pg_index i where i.indrelid = c.oid and i.indisunique) as is_unique
     from pg_class c where c.relnamespace = 'net'::regnamespace and c.relkind = 'r' order by 1`,
  );
  expect(rows).toEqual([
    { relname: "_http_response", relpersistence: "u", is_unique: false },
    { relname: "http_request_queue", relpersistence: "u", is_unique: false },
  ]);
});

test.each([
  ["a stored response", 1, "SUCCESS", "ok", "(500,,oops)"],
  ["a stored failure", 2, "ERROR", "Couldn't connect to server", null],
  ["an unknown request", 3, "ERROR", "request matching request_id not found", null],
])("collects %s", async (_what, id, status, message, response) => {
  await db.pool.query("delete from net._http_response");
  await db.pool.query(`insert into net._http_response (id, status_code, content, error_msg) values
    (1, 500, 'oops', null), (2, null, null, 'Couldn''t connect to server')`);
  const { rows } = await db.pool.query(
    "select r.status, r.message, r.response::text from net._http_collect_response($1) r",
    [id],
  );
  expect(rows).toEqual([{ status, message, response }]);
});

test("can be dropped and created again", async () => {
  const own = await createTestDatabase();
  try {
    await own.pool.query("create extension pg_net");
    await own.pool.query("drop extension pg_net");
    await own.pool.query("create extension pg_net");
    expect((await own.pool.query("select net.http_get('http://h') as id")).rows).toEqual([{ id: "1" }]);
  } finally {
    await own.drop();
  }
});

function contentType(): RegExp {
  return /^Content-Type header must be "application\/json"$/;
}

async function failure(sql: string, values: unknown[] = []): Promise<pg.DatabaseError> {
  return await db.pool.query(sql, values).then(
    () => expect.fail(`accepted: ${sql}`),
    (error) => error,
  );
}

/** The queue's row of one call. */
async function queued(call: string, values: unknown[] = []) {
  const { rows } = await db.pool.query(`select ${call} as id`, values);
  return await db.pool.query(
    `select method, url, headers, convert_from(body, 'UTF8') as body, timeout_milliseconds as timeout
     from net.http_request_queue where id = $1`,
    [rows[0].id],
  );
}
