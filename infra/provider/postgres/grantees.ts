import type { Sql } from "./database.ts";
import { grantableSql, parseGrantable } from "./grant-option.ts";
import { quoteGrantee } from "./identifier.ts";

export interface GranteeChange {
  /** The object as GRANT names it, e.g. `schema "jobs"`. */
  on: string;
  privilege: "create" | "usage" | "execute";
  /** Who has the privilege now, apart from the owner; "public" means everyone, "anon with grant option" may pass it on. */
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
  privilege: "CREATE" | "EXECUTE" | "USAGE",
): string {
  return `array(
    select ${grantableSql("coalesce(r.rolname, 'public')::text", "pg_catalog.bool_or(a.is_grantable)")}
      from pg_catalog.aclexplode(coalesce(${acl}, pg_catalog.acldefault('${kind}', ${owner}))) as a
      left join pg_catalog.pg_roles as r on r.oid = a.grantee
     where a.privilege_type = '${privilege}' and a.grantee <> ${owner}
     group by r.rolname
     order by 1
  )`;
}

/** Grants and revokes until exactly the wanted roles have the privilege. */
export async function syncGrantees(sql: Sql, change: GranteeChange): Promise<void> {
  const { on, privilege } = change;
  const live = change.live.map(parseGrantable);
  const wanted = change.wanted.map(parseGrantable);
  let revoked = false;
  for (const { name, grantable } of live) {
    const stays = wanted.find((each) => each.name === name);
    if (stays !== undefined && (stays.grantable || !grantable)) continue;
    const what = stays === undefined ? privilege : `grant option for ${privilege}`;
    // Here cascade takes back what the role passed on, and drops no object.
    await sql.statement(`revoke ${what} on ${on} from ${quoteGrantee(name)} cascade`);
    revoked = true;
  }
  for (const { name, grantable } of wanted) {
    const held = live.some((each) => each.name === name && (each.grantable || !grantable));
    if (held && !revoked) continue;
    const option = grantable ? " with grant option" : "";
    await sql.statement(`grant ${privilege} on ${on} to ${quoteGrantee(name)}${option}`);
  }
}
