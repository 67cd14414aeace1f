import type { Sql } from "./database.ts";
import { quoteGrantee } from "./identifier.ts";

export interface GranteeChange {
  /** The object as GRANT names it, e.g. `schema "jobs"`. */
  on: string;
  privilege: "usage" | "execute";
  /** Who has the privilege now, apart from the owner; "public" means everyone. */
  live: readonly string[];
  wanted: readonly string[];
}

/**
 * SQL for the roles that hold a privilege, without the owner, sorted. `acl` and `owner` are expressions,
 * `kind` is the object type of acldefault().
 */
export function granteesSql(
  acl: string,
  owner: string,
  kind: "f" | "n",
  privilege: "EXECUTE" | "USAGE",
): string {
  return `(
    select coalesce(pg_catalog.array_agg(distinct coalesce(r.rolname, 'public')::text), '{}')
      from pg_catalog.aclexplode(coalesce(${acl}, pg_catalog.acldefault('${kind}', ${owner}))) as a
      left join pg_catalog.pg_roles as r on r.oid = a.grantee
     where a.privilege_type = '${privilege}' and a.grantee <> ${owner}
  )`;
}

/** Grants and revokes until exactly the wanted roles have the privilege. */
export async function syncGrantees(sql: Sql, change: GranteeChange): Promise<void> {
  const { on, privilege, live, wanted } = change;
  for (const role of live.filter((grantee) => !wanted.includes(grantee))) {
    await sql.statement(`revoke ${privilege} on ${on} from ${quoteGrantee(role)}`);
  }
  for (const role of wanted.filter((grantee) => !live.includes(grantee))) {
    await sql.statement(`grant ${privilege} on ${on} to ${quoteGrantee(role)}`);
  }
}
