import { userError } from "../kernel/user-error.ts";
import type { Sql } from "./database.ts";

/** Who made an object, for the objects that cannot carry a mark of their own. */
export interface Claim {
  kind: string;
  noun: string;
  id: string;
  urn: string;
  /** The object is there before we make it. */
  exists: boolean;
  adopt: boolean;
  /** The object may belong to several; the first claim stays. */
  shared: boolean;
}

/** What the ledger says of an object. */
export interface LedgerRow extends Record<string, unknown> {
  urn: string;
  adopted: boolean;
}

const LEDGER = `
  create schema if not exists jobstack_provider;
  create table if not exists jobstack_provider.resource (
    kind text not null,
    id text not null,
    urn text not null,
    adopted boolean not null,
    created_at timestamptz not null default pg_catalog.now(),
    primary key (kind, id)
  );
  comment on table jobstack_provider.resource is
    'Which Pulumi resource made or adopted which object. Written by the provider jobstack; do not edit.';
`;

/**
 * Writes the claim in the transaction that makes the object. An interrupted deployment finds its own claim and goes on;
 * an object that someone else made is refused unless `adopt` says so.
 */
export async function claimObject(sql: Sql, claim: Claim): Promise<void> {
  await recordClaim(sql, claim, await findClaim(sql, claim.kind, claim.id));
}

/** The same for those who have asked the ledger already. */
export async function recordClaim(sql: Sql, claim: Claim, row: LedgerRow | undefined): Promise<void> {
  const foreign = claim.exists && row?.urn !== claim.urn;
  if (foreign && claim.shared && row !== undefined) return;
  if (foreign && !claim.shared && !claim.adopt) throw conflict(claim, row);
  if (!(await hasLedger(sql))) await sql.script(LEDGER);
  await sql.query(
    `insert into jobstack_provider.resource as ledger (kind, id, urn, adopted) values ($1, $2, $3, $4)
     on conflict (kind, id) do update set urn = excluded.urn, adopted = ledger.adopted or excluded.adopted`,
    [claim.kind, claim.id, claim.urn, foreign],
  );
}

/** Whether this resource itself made the object, rather than finding it. */
export async function ownsObject(sql: Sql, kind: string, id: string, urn: string): Promise<boolean> {
  const row = await findClaim(sql, kind, id);
  return row !== undefined && row.urn === urn && !row.adopted;
}

/** Ids of the objects of a kind that some stack manages. */
export async function claimedIds(sql: Sql, kind: string): Promise<string[]> {
  if (!(await hasLedger(sql))) return [];
  const rows = await sql.query<{ id: string }>("select id from jobstack_provider.resource where kind = $1", [
    kind,
  ]);
  return rows.map(({ id }) => id);
}

/** Forgets the claim; that there is none is fine, for instance after an import. */
export async function releaseObject(sql: Sql, kind: string, id: string, urn: string): Promise<void> {
  if (!(await hasLedger(sql))) return;
  await sql.query("delete from jobstack_provider.resource where kind = $1 and id = $2 and urn = $3", [
    kind,
    id,
    urn,
  ]);
}

export async function findClaim(sql: Sql, kind: string, id: string): Promise<LedgerRow | undefined> {
  if (!(await hasLedger(sql))) return undefined;
  const [row] = await sql.query<LedgerRow>(
    "select urn, adopted from jobstack_provider.resource where kind = $1 and id = $2",
    [kind, id],
  );
  return row;
}

async function hasLedger(sql: Sql): Promise<boolean> {
  return await sql.sawTable("jobstack_provider.resource");
}

function conflict(claim: Claim, row: LedgerRow | undefined): Error {
  const owner = row === undefined ? "this stack did not make it" : `it belongs to ${row.urn}`;
  return userError(
    claim.noun,
    claim.id,
    `exists already and ${owner}`,
    `import it with the id "${claim.id}", or set adopt: true to take it over, or use another name`,
  );
}
