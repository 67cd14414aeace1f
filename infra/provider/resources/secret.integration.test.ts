import { createHash } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { describeContract } from "../contract.ts";
import { useManagementApi } from "../testing/use-management-api.ts";
import { useProvider } from "../testing/use-provider.ts";

const CANARY = "canary-shared-secret-2b8c";

const project = useManagementApi();
const run = async (sql: string, values: unknown[] = []) =>
  (await project().database.pool.query(sql, values)).rows;
const set = async (name: string, value: string) =>
  void (await project().api("/secrets", { method: "POST", body: [{ name, value }] }));
const unset = async (name: string) =>
  void (await project().api("/secrets", { method: "DELETE", body: [name] }));
const setVault = (name: string, value: string) =>
  run("select vault.update_secret(id, $2) from vault.secrets where name = $1", [name, value]);

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const functionDigest = async (name: string) => {
  const secrets = (await (await project().api("/secrets")).json()) as { name: string; value: string }[];
  return secrets.find((each) => each.name === name)?.value;
};
const vaultValue = async (name: string) => {
  const [row] = await run("select decrypted_secret as value from vault.decrypted_secrets where name = $1", [
    name,
  ]);
  return row?.value;
};

describeContract({
  kind: "Secret",
  config: () => project().config,
  inputs: (name) => ({ name, value: CANARY, description: "for tests" }),
  id: (name) => name,
  changed: (name) => ({ name, value: `${CANARY}-rotated` }),
  identity: "name",
  plainNames: true,
  remote: true,
  secretPaths: [["value"]],
  outsideChanges: [
    {
      title: "its value in Vault was changed",
      make: async (name) => void (await setVault(name, "something else")),
      facts: ["vaultDigest"],
    },
    {
      title: "its value for the functions was changed",
      make: (name) => set(name, "something else"),
      facts: ["functionDigest"],
    },
    {
      title: "it was taken out of Vault",
      make: async (name) => void (await run("delete from vault.secrets where name = $1", [name])),
      facts: ["description", "vaultDigest"],
      inputs: ["description"],
    },
    { title: "it was taken from the functions", make: unset, facts: ["functionDigest"] },
    {
      title: "somebody let the functions accept another value",
      make: (name) => set(`${name}_PREVIOUS`, "a second key"),
      facts: ["previousDigest"],
    },
    {
      title: "its description was changed",
      make: async (name) =>
        void (await run(
          "select vault.update_secret(id, null, null, 'other words') from vault.secrets where name = $1",
          [name],
        )),
      facts: ["description"],
      inputs: ["description"],
    },
  ],
  remove: async (name) => {
    await unset(name);
    await run("delete from vault.secrets where name = $1", [name]);
  },
  makeForeign: (name) => set(name, "unknown"),
  notImported: ["value"],
});

describe("Secret", () => {
  const provider = useProvider("Secret", () => project().config);

  it("is the same in Vault and for the functions, whatever signs it holds", async () => {
    const value = 'ключ\n\'\\ $1 "quoted"';
    await provider.create({ name: "EXACT", value });
    expect(await vaultValue("EXACT")).toBe(value);
    expect(await functionDigest("EXACT")).toBe(sha256(value));
    expect(await functionDigest("EXACT_PREVIOUS")).toBeUndefined();
  });

  it("refuses to make what exists in Vault only, and adopts it with its value as the old one", async () => {
    await run("select vault.create_secret('by hand', 'HALF')");
    await expect(provider.create({ name: "HALF", value: CANARY })).rejects.toThrow(
      'secret "HALF": exists already and this stack did not make it',
    );
    await provider.create({ name: "HALF", value: CANARY, adopt: true });
    expect(await vaultValue("HALF")).toBe(CANARY);
    expect(await functionDigest("HALF")).toBe(sha256(CANARY));
  });

  it("deletes the old value together with the secret", async () => {
    const state = await provider.create({ name: "GONE", value: CANARY });
    const rotated = await provider.update(state, { name: "GONE", value: `${CANARY}-2` });
    expect(await functionDigest("GONE_PREVIOUS")).toBeDefined();
    await provider.client.delete("Secret", rotated);
    expect(await functionDigest("GONE_PREVIOUS")).toBeUndefined();
    expect(await vaultValue("GONE")).toBeUndefined();
  });

  it("keeps the old value accepted when something else is changed in the meantime", async () => {
    const state = await provider.create({ name: "TWICE", value: CANARY });
    const rotated = await provider.update(state, { name: "TWICE", value: `${CANARY}-2` });
    const old = await functionDigest("TWICE_PREVIOUS");
    await provider.update(rotated, { name: "TWICE", value: `${CANARY}-2`, description: "other words" });
    expect(old).toBeDefined();
    expect(await functionDigest("TWICE_PREVIOUS")).toBe(old);
  });

  it("tells callers only when running functions have had time to end, and the time is no difference", async () => {
    const inputs = { name: "SETTLED", value: CANARY, settleSeconds: 900 };
    const state = await provider.create(inputs);
    const { inputs: wanted } = await provider.client.check(
      "Secret",
      { ...inputs, settleSeconds: 1 },
      [],
      state.inputs,
    );
    expect((await provider.client.diff("Secret", state, wanted)).changed).toBe(false);
    let settled = false;
    const change = provider
      .update(state, { name: "SETTLED", value: `${CANARY}-2`, settleSeconds: 10 })
      .then(() => {
        settled = true;
      });
    await vi.waitFor(async () => expect(await functionDigest("SETTLED")).toBe(sha256(`${CANARY}-2`)), {
      timeout: 30_000,
    });
    expect([await vaultValue("SETTLED"), settled]).toEqual([CANARY, false]);
    await change;
    expect(await vaultValue("SETTLED")).toBe(`${CANARY}-2`);
  });

  it("refuses what the API or a change would refuse, in the preview and all at once", async () => {
    expect(await provider.failures({ name: "SUPABASE_KEY", value: "x".repeat(24_552) })).toEqual({
      name: 'begins with "SUPABASE_", which Supabase keeps for itself; write another name',
      value: "must have at most 24551 characters",
    });
    expect(await provider.failures({ name: "KEY_PREVIOUS", value: "" })).toEqual({
      name: 'ends with "_PREVIOUS", where the old value stands during a change; write another name',
      value: "must not be empty",
    });
    expect(await provider.failures({ name: "a-b", value: "a\0b" })).toEqual({
      name: "must be letters, digits and underscores, and begin with no digit",
      value: "has a zero byte in it, which no text may have; remove it",
    });
  });

  it("is no longer in Vault once the extension is gone, which it asks for when it is made", async () => {
    const state = await provider.create({ name: "ORPHAN", value: CANARY });
    await project().database.admin.query("drop extension supabase_vault cascade");
    const found = await provider.client.read("Secret", "ORPHAN", state);
    expect(found?.outputs.values.drift).toMatchObject({ vaultDigest: "changed outside of Pulumi" });
    await expect(provider.update(state, { name: "ORPHAN", value: CANARY })).rejects.toThrow(
      'secret "ORPHAN": the extension supabase_vault is not installed; declare new Extension("vault", { name: "supabase_vault" }) and let the secret depend on it',
    );
    await provider.client.delete("Secret", state);
    expect(await functionDigest("ORPHAN")).toBeUndefined();
  });
});
