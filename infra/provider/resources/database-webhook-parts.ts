import type { Context } from "../kernel/resource.ts";
import { userError } from "../kernel/user-error.ts";
import { hasVault } from "../postgres/vault.ts";
import type { DatabaseWebhookInputs } from "./database-webhook-inputs.ts";

/**
 * At run time whatever is missing costs a request and never a row, and only the server's log tells. So a deployment looks
 * first: extensions must be there; a secret may still come, and is warned of.
 */
export async function refuseWithoutParts(
  { sql, warn }: Context,
  id: string,
  { secretHeaders = {}, sign }: DatabaseWebhookInputs,
): Promise<void> {
  const refuse = (wrong: string, instead: string) => userError("database webhook", id, wrong, instead);
  const [parts] = await sql.query<{ net: boolean; sign: boolean }>(PARTS);
  if (parts?.net !== true) {
    const instead = 'declare new Extension("net", { name: "pg_net" }) and let the webhook depend on it';
    throw refuse("the extension pg_net is not installed", instead);
  }
  if (sign !== undefined && !parts.sign) {
    const instead =
      "declare new QueueCore(...) and let the webhook depend on it, or send the secret in secretHeaders";
    throw refuse("it is to sign, and the queue core is not installed in this database", instead);
  }
  const secrets = [...Object.values(secretHeaders), ...(sign === undefined ? [] : [sign])].map(
    (each) => each.secret,
  );
  if (secrets.length === 0) return;
  if (!(await hasVault(sql))) {
    const instead =
      'declare new Extension("vault", { name: "supabase_vault" }) and let the webhook depend on it';
    throw refuse("it sends a secret, and the extension supabase_vault is not installed", instead);
  }
  const missing = await sql.query<{ name: string }>(MISSING_SECRETS, [secrets]);
  for (const { name } of missing) {
    warn(`database webhook "${id}": Vault has no secret "${name}"; nothing is sent until it is there`);
  }
}

const PARTS = `
  select pg_catalog.to_regprocedure('net.http_post(text, jsonb, jsonb, jsonb, integer)') is not null as net,
         pg_catalog.to_regprocedure('jobstack.sign_wake(text, text, timestamptz)') is not null as sign
`;

const MISSING_SECRETS = `
  select distinct wanted.name
    from pg_catalog.unnest($1::text[]) as wanted (name)
   where not exists (select from vault.secrets as s where s.name = wanted.name)
   order by 1
`;
