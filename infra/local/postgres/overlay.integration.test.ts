import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/test-database.ts";
import { findServer, hasExtension, PostgresMissingError } from "./find-server.ts";
import { standIns } from "./overlay.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test("runs from the private copy, not from the system's folders", async () => {
  const { rows } = await db.admin.query(
    "select name, setting from pg_config where name in ('BINDIR', 'SHAREDIR')",
  );
  const { bindir, sharedir } = findServer();
  const location = await dataFolder();
  expect(rows).toEqual([
    { name: "BINDIR", setting: path.join(location, "install", bindir) },
    { name: "SHAREDIR", setting: path.join(location, "install", sharedir) },
  ]);
});

test("offers the system's extensions and our stand-ins", async () => {
  const { rows } = await db.pool.query("select name from pg_available_extensions");
  const names = rows.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(["pg_cron", "pg_net", "supabase_vault", "pgcrypto", "hstore"]),
  );
});

test("copies a stand-in only where the server lacks the extension", async () => {
  const server = findServer();
  const extension = path.join(await dataFolder(), "install", server.sharedir, "extension");
  for (const name of standIns) {
    const control = readFileSync(path.join(extension, `${name}.control`), "utf8");
    expect(control.startsWith("comment = 'Stand-in")).toBe(!hasExtension(server, name));
  }
});

test("lets role postgres create and drop the extensions that a superuser would have to", async () => {
  for (const name of ["pg_net", "supabase_vault"]) {
    await db.pool.query(`create extension if not exists ${name}`);
    await db.admin.query(`drop extension ${name}`);
    await db.pool.query(`create extension ${name}`);
    const { rows } = await db.pool.query(
      "select c.relowner::regrole::text as owner from pg_class c where c.oid = to_regclass($1)",
      [name === "pg_net" ? "net._http_response" : "vault.secrets"],
    );
    expect(rows).toEqual([{ owner: "supabase_admin" }]);
    await db.pool.query(`drop extension ${name}`);
  }
});

test("leaves the system's folders as they were", () => {
  const { sharedir } = findServer();
  const file = path.join(sharedir, "extension", "pg_net--0.20.4.sql");
  expect(existsSync(file) && readFileSync(file, "utf8").includes("Stand-in")).toBe(false);
});

test("says which package is missing when there is no server of the wanted version", () => {
  expect(() => findServer(99)).toThrow(PostgresMissingError);
  expect(() => findServer(99)).toThrow(
    "postgres: no server of version 99 found; install it (Debian, Ubuntu: postgresql-99)",
  );
});

async function dataFolder(): Promise<string> {
  return path.dirname((await db.admin.query("show data_directory")).rows[0].data_directory);
}
