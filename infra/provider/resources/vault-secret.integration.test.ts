import { describe, expect, it } from "vitest";
import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import { describeContract } from "../contract.ts";
import { useProvider } from "../testing/use-provider.ts";

const CANARY = "canary-vault-secret-5f3a";

const database = useTestDatabase(
  async ({ admin }) => void (await admin.query("create extension if not exists supabase_vault cascade")),
);
const run = async (sql: string, values: unknown[]) => void (await database().pool.query(sql, values));

describeContract({
  kind: "VaultSecret",
  config: () => ({ databaseUrl: database().url }),
  inputs: (name) => ({ name, value: CANARY, description: "for tests" }),
  id: (name) => name,
  changed: (name) => ({ name, value: `${CANARY}-rotated` }),
  identity: "name",
  secretPaths: [["value"]],
  outsideChanges: [
    {
      title: "its value was changed",
      make: (name) =>
        run("select vault.update_secret(id, 'something else') from vault.secrets where name = $1", [name]),
      facts: ["digest"],
    },
    {
      title: "its description was changed",
      make: (name) =>
        run("select vault.update_secret(id, null, null, 'other words') from vault.secrets where name = $1", [
          name,
        ]),
      facts: ["description"],
      inputs: ["description"],
    },
    {
      title: "it cannot be deciphered any more",
      make: async (name) =>
        void (await database().admin.query("update vault.secrets set nonce = 'other' where name = $1", [
          name,
        ])),
      facts: ["digest"],
    },
    {
      title: "it was given another key",
      make: async (name) =>
        void (await database().admin.query(
          "update vault.secrets set key_id = gen_random_uuid() where name = $1",
          [name],
        )),
      facts: ["key"],
    },
  ],
  remove: (name) => run("delete from vault.secrets where name = $1", [name]),
  makeForeign: (name) => run("select vault.create_secret('unknown', $1)", [name]),
  notImported: ["value"],
});

describe("VaultSecret", () => {
  const provider = useProvider("VaultSecret", () => ({ databaseUrl: database().url }));

  it("stores the value as it is", async () => {
    const value = 'ключ\n\'\\ $1 "quoted"';
    await provider.create({ name: "exact", value });
    const { rows } = await database().pool.query(
      "select decrypted_secret from vault.decrypted_secrets where name = 'exact'",
    );
    expect(rows).toEqual([{ decrypted_secret: value }]);
  });

  it("digests the same value differently for each secret", async () => {
    const digests = await Promise.all(
      ["one", "two"].map(
        async (name) => (await provider.create({ name, value: CANARY })).outputs.values.observed,
      ),
    );
    const [one, two] = digests.map((observed) => (observed as { digest: string }).digest);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(one).not.toBe(two);
  });

  it("is gone with the extension, which it asks for when it is made", async () => {
    const state = await provider.create({ name: "orphan", value: CANARY });
    await database().admin.query("drop extension supabase_vault cascade");
    expect(await provider.client.read("VaultSecret", "orphan", state)).toBeUndefined();
    await provider.client.delete("VaultSecret", state);
    await expect(provider.create({ name: "orphan", value: CANARY })).rejects.toThrow(
      'vault secret "orphan": the extension supabase_vault is not installed; declare new Extension("vault", { name: "supabase_vault" }) and let the secret depend on it',
    );
  });
});
