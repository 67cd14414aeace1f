import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/test-database.ts";

const secret = "canary-4711-é";

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.drop());

test("gives back what was stored", async () => {
  const { rows } = await db.pool.query("select vault.create_secret($1, 'api', 'a key') as id", [secret]);
  expect(await read()).toMatchObject([
    { id: rows[0].id, name: "api", description: "a key", decrypted_secret: secret, key_id: null },
  ]);
});

test("needs only the secret itself", async () => {
  await db.pool.query("select vault.create_secret(''), vault.create_secret('x')");
  expect(
    (await read()).map(({ name, description, decrypted_secret }) => [name, description, decrypted_secret]),
  ).toEqual(
    expect.arrayContaining([
      [null, "", ""],
      [null, "", "x"],
    ]),
  );
});

test("changes only what is given", async () => {
  const { rows } = await db.pool.query("select vault.create_secret('old', 'api', 'text') as id");
  await db.pool.query("select vault.update_secret($1, new_description := 'new text')", [rows[0].id]);
  expect(await read()).toMatchObject([{ name: "api", description: "new text", decrypted_secret: "old" }]);
  await db.pool.query("select vault.update_secret($1, $2, 'renamed')", [rows[0].id, secret]);
  expect(await read()).toMatchObject([
    { name: "renamed", description: "new text", decrypted_secret: secret },
  ]);
});

test("refuses a second secret of the same name", async () => {
  await db.pool.query("select vault.create_secret('a', 'api')");
  await expect(db.pool.query("select vault.create_secret('b', 'api')")).rejects.toMatchObject({
    code: "23505",
  });
});

test("refuses a secret that is null", async () => {
  await expect(db.pool.query("select vault.create_secret(null)")).rejects.toMatchObject({ code: "23502" });
});

test("keeps neither secret nor key in what a dump of the tables contains", async () => {
  await db.pool.query("select vault.create_secret($1, 'api')", [secret]);
  const { rows } = await db.admin.query(
    "select s::text as row, decode(s.secret, 'base64') as sealed from vault.secrets s",
  );
  const folder = (await db.admin.query("show data_directory")).rows[0].data_directory;
  const key = readFileSync(path.join(folder, "vault.key"), "utf8");
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(rows[0].row).not.toContain("canary");
  expect(rows[0].sealed.includes("canary")).toBe(false);
  expect(rows[0].row).not.toContain(key);
  expect(rows[0].sealed.toString("hex")).not.toContain(key);
});

test("seals the same secret differently in every row", async () => {
  await db.pool.query("select vault.create_secret('x', 'a'), vault.create_secret('x', 'b')");
  const [first, second] = (await db.pool.query("select secret from vault.secrets")).rows;
  expect(first.secret).not.toBe(second.secret);
});

test("refuses a secret that was changed or moved to another row", async () => {
  await db.pool.query("select vault.create_secret('one', 'a'), vault.create_secret('two', 'b')");
  await db.admin.query(
    "update vault.secrets set secret = (select secret from vault.secrets where name = 'a'), nonce = (select nonce from vault.secrets where name = 'a') where name = 'b'",
  );
  await expect(read("b")).rejects.toThrow("vault: invalid ciphertext");
  await db.admin.query(
    "update vault.secrets set secret = encode(set_byte(decode(secret, 'base64'), 20, (get_byte(decode(secret, 'base64'), 20) + 1) % 256), 'base64') where name = 'a'",
  );
  await expect(read("a")).rejects.toThrow("vault: invalid ciphertext");
});

test.each(["anon", "authenticated"])("lets %s do nothing", async (role) => {
  await db.pool.query("select vault.create_secret('x', 'a')");
  for (const sql of ["select from vault.decrypted_secrets", "select vault.create_secret('y')"]) {
    await expect(as(role, sql)).rejects.toMatchObject({
      code: "42501",
      message: "permission denied for schema vault",
    });
  }
});

test("lets service_role read and write", async () => {
  await as("service_role", "select vault.create_secret('x', 'a')");
  expect(await as("service_role", "select decrypted_secret from vault.decrypted_secrets")).toEqual([
    { decrypted_secret: "x" },
  ]);
});

test("lets postgres pass its rights on, but not write the table or read the key", async () => {
  await db.pool.query("grant usage on schema vault to authenticator");
  await db.pool.query("grant select on vault.decrypted_secrets to authenticator");
  await expect(db.pool.query("insert into vault.secrets (secret) values ('plain')")).rejects.toMatchObject({
    code: "42501",
  });
  await expect(db.pool.query("select vault._derive_key('encrypt')")).rejects.toMatchObject({ code: "42501" });
  await expect(db.pool.query("select pg_read_file('vault.key')")).rejects.toMatchObject({ code: "42501" });
});

async function read(name?: string) {
  const { rows } = await db.pool.query(
    "select * from vault.decrypted_secrets where name = $1 or $1 is null",
    [name],
  );
  return rows;
}

async function as(role: string, sql: string) {
  const client = await db.pool.connect();
  try {
    await client.query(`set role ${role}`);
    return (await client.query(sql)).rows;
  } finally {
    client.release(true);
  }
}
