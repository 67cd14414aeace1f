import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Resource } from "../kernel/resource.ts";
import { userError } from "../kernel/user-error.ts";
import type { Sql } from "../postgres/database.ts";
import { adopt } from "./names.ts";

const inputs = z.strictObject({
  name: z.string().min(1, "must not be empty").describe("name in Vault"),
  value: z.string().min(1, "must not be empty").describe("the secret"),
  description: z.string().optional().describe("what the secret is for"),
  adopt,
});

type Inputs = z.infer<typeof inputs>;
/** The salt makes the digest useless for guessing a weak secret elsewhere; both are secret in state all the same. */
type Facts = { description: string; salt: string; digest: string };

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

  id: ({ name }) => name,

  async read({ sql }, id, known) {
    if (!(await hasVault(sql))) return undefined;
    const salt = known.observed?.salt ?? randomBytes(32).toString("hex");
    const [row] = await sql.query<{ description: string; digest: string }>(FIND, [id, salt]);
    if (row === undefined) return undefined;
    const { description, digest } = row;
    // A value that was never known stays unknown: the program's value is compared by what was applied.
    const value = known.inputs?.value;
    return {
      inputs: { name: id, ...(value !== undefined && { value }), description } as Inputs,
      facts: { description, salt, digest },
    };
  },

  async apply({ sql }, { name, value, description = "" }, live) {
    if (!(await hasVault(sql))) {
      const instead =
        'declare new Extension("vault", { name: "supabase_vault" }) and let the secret depend on it';
      throw userError("vault secret", name, "the extension supabase_vault is not installed", instead);
    }
    if (live === undefined) {
      await sql.query("select vault.create_secret($1, $2, $3)", [value, name, description]);
    } else {
      await sql.query(UPDATE, [value, name, description]);
    }
  },

  async remove({ sql }, id) {
    if (await hasVault(sql)) await sql.query("delete from vault.secrets where name = $1", [id]);
  },
};

async function hasVault(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ present: boolean }>(
    "select pg_catalog.to_regclass('vault.secrets') is not null as present",
  );
  return row?.present === true;
}

const FIND = `
  select coalesce(s.description, '') as description,
         pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to($2 || s.decrypted_secret, 'UTF8')), 'hex') as digest
    from vault.decrypted_secrets as s
   where s.name = $1
`;

const UPDATE = `
  select vault.update_secret(s.id, $1, $2, $3)
    from vault.secrets as s
   where s.name = $2
`;
