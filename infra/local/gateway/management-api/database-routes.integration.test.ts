import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/support/test-database.ts";
import { startTestGateway, type TestGateway } from "../testing/test-gateway.ts";

let database: TestDatabase;
let gateway: TestGateway;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway({ databaseUrl: database.url });
});

afterAll(async () => {
  await gateway.close();
  await database.drop();
});

async function query(body: Record<string, unknown>, route = "/database/query") {
  const response = await gateway.api(route, { method: "POST", body });
  return { status: response.status, body: await response.json() };
}

it("answers 201 with the rows, in JSON's own types where they fit", async () => {
  const sql = `select 1 as n, 9007199254740993::bigint as big, 5::bigint as small, null as nothing,
    '2026-01-02 03:04:05+00'::timestamptz at time zone 'utc' as at, '{"a": [1]}'::jsonb as doc, current_user::text as role`;
  expect(await query({ query: sql })).toEqual({
    status: 201,
    body: [
      {
        n: 1,
        big: "9007199254740993",
        small: 5,
        nothing: null,
        at: "2026-01-02 03:04:05",
        doc: { a: [1] },
        role: "postgres",
      },
    ],
  });
});

it("passes parameters apart from the SQL", async () => {
  expect(await query({ query: "select $1::text as word", parameters: ["it's"] })).toEqual({
    status: 201,
    body: [{ word: "it's" }],
  });
});

it("answers several statements with the last rows", async () => {
  const sql =
    "create table tried (id int); insert into tried values (1), (2); select id from tried; drop table tried";
  expect(await query({ query: sql })).toEqual({ status: 201, body: [{ id: 1 }, { id: 2 }] });
});

it("keeps nothing that a query set for its session", async () => {
  await query({ query: "set statement_timeout = '7s'" });
  expect((await query({ query: "show statement_timeout" })).body).toEqual([{ statement_timeout: "1min" }]);
});

it("answers 400 with Postgres's code and message, not with the SQL", async () => {
  expect(await query({ query: "select * from no_such_table where secret = 'canary'" })).toEqual({
    status: 400,
    body: { message: 'Failed to run sql query: ERROR: 42P01: relation "no_such_table" does not exist' },
  });
});

it.each([
  ["read_only", { read_only: true }, "/database/query"],
  ["the read-only route", {}, "/database/query/read-only"],
])("changes nothing with %s", async (_case, extra, route) => {
  const { status, body } = await query({ query: "create table written ()", ...extra }, route);
  expect(status).toBe(400);
  expect(body).toEqual({
    message: "Failed to run sql query: ERROR: 25006: cannot execute CREATE TABLE in a read-only transaction",
  });
});

it("answers 503 when the database cannot be reached", async () => {
  const alone = await startTestGateway({ databaseUrl: "postgresql://postgres:canary@127.0.0.1:1/postgres" });
  try {
    const response = await alone.api("/database/query", { method: "POST", body: { query: "select 1" } });
    const text = await response.text();
    expect(response.status).toBe(503);
    expect(text).toContain("database: cannot connect");
    expect(text).not.toContain("canary");
  } finally {
    await alone.close();
  }
});

it("shows the server's version in the project", async () => {
  const project = (await (await gateway.api("")).json()) as { database: { version: string } };
  expect(project.database.version).toMatch(/^\d+/);
});
