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

interface LedgerRow extends Record<string, unknown> {
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
  if (!(await hasLedger(sql))) await sql.script(LEDGER);
  const row = await rowOf(sql, claim.kind, claim.id);
  const foreign = claim.exists && row?.urn !== claim.urn;
  if (foreign && claim.shared && row !== undefined) return;
  if (foreign && !claim.shared && !claim.adopt) throw conflict(claim, row);
  await sql.query(
    `insert into jobstack_provider.resource as ledger (kind, id, urn, adopted) values ($1, $2, $3, $4)
     on conflict (kind, id) do update set urn = excluded.urn, adopted = ledger.adopted or excluded.adopted`,
    [claim.kind, claim.id, claim.urn, foreign],
  );
}

/** Whether this resource itself made the object, rather than finding it. */
export async function ownsObject(sql: Sql, kind: string, id: string, urn: string): Promise<boolean> {
  if (!(await hasLedger(sql))) return false;
  const row = await rowOf(sql, kind, id);
  return row !== undefined && row.urn === urn && !row.adopted;
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

async function rowOf(sql: Sql, kind: string, id: string): Promise<LedgerRow | undefined> {
  const [row] = await sql.query<LedgerRow>(
    "select urn, adopted from jobstack_provider.resource where kind = $1 and id = $2",
    [kind, id],
  );
  return row;
}

async function hasLedger(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ present: boolean }>(
    "select pg_catalog.to_regclass('jobstack_provider.resource') is not null as present",
  );
  return row?.present === true;
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
