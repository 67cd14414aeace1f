import { randomBytes } from "node:crypto";
import { type UserError, userError } from "../kernel/user-error.ts";
import { concealedValue } from "./concealed-value.ts";
import type { Sql } from "./database.ts";
import { sqlState } from "./sql-error.ts";

export interface VaultEntry {
  name: string;
  value: string;
  description: string;
}

/** What can be told of a secret without its value. `key` is empty where the vault has but one. */
export type VaultFacts = { description: string; digest: string; key: string };

/** The digest of what cannot be deciphered any more, because nonce, key or ciphertext were changed. */
const UNREADABLE = "unreadable";

export async function hasVault(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ present: boolean }>(
    "select pg_catalog.to_regclass('vault.secrets') is not null as present",
  );
  return row?.present === true;
}

export function missingVault(noun: string, name: string): UserError {
  const instead =
    'declare new Extension("vault", { name: "supabase_vault" }) and let the secret depend on it';
  return userError(noun, name, "the extension supabase_vault is not installed", instead);
}

/** Makes a digest useless for guessing a weak secret elsewhere. */
export function newSalt(): string {
  return randomBytes(32).toString("hex");
}

/** The server digests, so the value stays there. */
export async function findVaultSecret(sql: Sql, name: string, salt: string): Promise<VaultFacts | undefined> {
  const [[row], digest] = await Promise.all([
    sql.query<Omit<VaultFacts, "digest">>(FIND, [name]),
    digestOf(sql, name, salt),
  ]);
  return row && { ...row, digest };
}

/** A secret that the vault cannot decipher is to be seen and repaired, not to end the preview. */
async function digestOf(sql: Sql, name: string, salt: string): Promise<string> {
  try {
    const [row] = await sql.savepoint(() => sql.query<{ digest: string }>(DIGEST, [name, salt]));
    return row?.digest ?? UNREADABLE;
  } catch (error) {
    // Class 22 is data that is not as it should be; the real vault raises an internal error.
    if (!/^(22|XX)/.test(sqlState(error) ?? "")) throw error;
    return UNREADABLE;
  }
}

/** The value itself, for the one who must hand it on. No digest of it goes there to be compared, for logs show parameters. */
export async function vaultValue(sql: Sql, name: string): Promise<string | undefined> {
  const [row] = await sql.query<{ value: string }>(VALUE, [name]);
  return row?.value;
}

/** Makes the secret, or changes the one of that name. */
export async function writeVaultSecret(sql: Sql, { name, value, description }: VaultEntry): Promise<void> {
  const concealed = await concealedValue(sql, value);
  const updated = await sql.query(
    `select vault.update_secret(s.id, ${concealed}, $1, $2) from vault.secrets as s where s.name = $1`,
    [name, description],
  );
  if (updated.length === 0) {
    await sql.query(`select vault.create_secret(${concealed}, $1, $2)`, [name, description]);
  }
}

/** That there is none is fine. */
export async function deleteVaultSecret(sql: Sql, name: string): Promise<void> {
  await sql.query("delete from vault.secrets where name = $1", [name]);
}

const FIND = `
  select coalesce(s.description, '') as description, coalesce(s.key_id::text, '') as key
    from vault.secrets as s
   where s.name = $1
`;

const DIGEST = `
  select pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to($2 || s.decrypted_secret, 'UTF8')), 'hex') as digest
    from vault.decrypted_secrets as s
   where s.name = $1
`;

const VALUE = "select s.decrypted_secret as value from vault.decrypted_secrets as s where s.name = $1";
