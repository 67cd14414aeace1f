import { z } from "zod";
import type { Resource } from "../kernel/resource.ts";
import { joinNames } from "../postgres/qualified-name.ts";
import {
  deleteVaultSecret,
  findVaultSecret,
  hasVault,
  missingVault,
  newSalt,
  type VaultFacts,
  writeVaultSecret,
} from "../postgres/vault.ts";
import { adopt, namesOf, sha256 } from "./names.ts";

const inputs = z.strictObject({
  name: z.string().min(1, "must not be empty").describe("name in Vault"),
  value: z.string().min(1, "must not be empty").describe("the secret"),
  description: z.string().optional().describe("what the secret is for"),
  adopt,
});

type Inputs = z.infer<typeof inputs>;
/** The salt makes the digest useless for guessing a weak secret elsewhere; both are secret in state all the same. */
type Facts = VaultFacts & { salt: string };

/** A secret in Vault. Its value is never read back; the server compares digests. */
export const vaultSecret: Resource<Inputs, Facts> = {
  kind: "VaultSecret",
  noun: "vault secret",
  schema: inputs,
  defaults: { description: "" },
  identity: ["name"],
  secretInputs: ["value"],
  shownAs: { description: ["description"] },
  atomic: true,

  id: ({ name }) => joinNames([name]),

  async read({ sql }, id, known) {
    if (!(await hasVault(sql))) return undefined;
    const salt = known.observed?.salt ?? newSalt();
    const name = namesOf(["name"], id, known.inputs)?.name ?? "";
    const stored = await findVaultSecret(sql, name, salt);
    if (stored === undefined) return undefined;
    const { description, digest, key } = stored;
    // A value that was never known stays unknown: the program's value is compared by what was applied.
    const value = known.inputs?.value;
    return {
      inputs: { name, ...(value !== undefined && { value }), description } as Inputs,
      facts: { description, salt, digest, key },
    };
  },

  /** After an import the value is not known, only the digest of what is there. */
  async sameMeaning(_context, before, after, { salt, digest }) {
    if (before.value !== undefined || after.value === undefined) return [];
    return sha256(`${salt}${after.value}`) === digest ? ["value"] : [];
  },

  async apply({ sql }, { name, value, description = "" }, live, known) {
    if (!(await hasVault(sql))) throw missingVault("vault secret", name);
    const key = known?.observed.key;
    // Nobody but the vault itself may write the column of the key, so the secret is made anew.
    if (live !== undefined && key !== undefined && live.facts.key !== key) await deleteVaultSecret(sql, name);
    await writeVaultSecret(sql, { name, value, description });
  },

  async remove({ sql }, _id, { inputs: { name } }) {
    if (await hasVault(sql)) await deleteVaultSecret(sql, name);
  },
};
