import { userError } from "../kernel/user-error.ts";
import type { Sql } from "./database.ts";
import { grantableSql, parseGrantable } from "./grant-option.ts";
import { quoteIdentifier } from "./identifier.ts";
import { splitNames, takeNames } from "./qualified-name.ts";

export type GrantKind = "schema" | "table" | "function";

export interface Grant {
  on: GrantKind;
  /** A schema, "schema.table", or "schema.function" with or without "(argument types)". */
  name: string;
  /** Such as "select", "update (column)", "insert with grant option". */
  privileges: readonly string[];
}

/** One privilege on an object as a program writes it. */
export const PRIVILEGE = /^[a-z]+(?: \(.+\))?(?: with grant option)?$/;

type GrantTarget = Pick<Grant, "on" | "name">;

interface HeldPrivileges {
  /** The object as GRANT names it. */
  object: string;
  /** Sorted. */
  privileges: string[];
}

/** What the role itself holds on the object, on single columns too; undefined if there is no such object. */
export async function findPrivileges(
  sql: Sql,
  role: string,
  target: GrantTarget,
): Promise<HeldPrivileges | undefined> {
  const place = placeOf(target);
  if (place === undefined) return undefined;
  const rows = await sql.query<{ object: string; privileges: string[] }>(PRIVILEGES[target.on], [
    role,
    ...place,
  ]);
  if (rows.length <= 1) return rows[0];
  const found = rows.map(({ object }) => object.slice(object.indexOf("("))).join(" and ");
  const wrong = `is granted privileges on function "${target.name}", which exists with ${found}`;
  throw userError("role", role, wrong, "add the argument types of the one that is meant to the name");
}

/** Objects that the program named before and does not name any more lose their grants; all others are left alone. */
export async function syncGrants(
  sql: Sql,
  role: string,
  before: readonly Grant[],
  wanted: readonly Grant[],
): Promise<void> {
  const isWanted = ({ on, name }: Grant) => wanted.some((each) => each.on === on && each.name === name);
  const dropped = before.filter((each) => !isWanted(each)).map((each) => ({ ...each, privileges: [] }));
  for (const target of [...dropped, ...wanted]) await syncPrivileges(sql, role, target);
}

async function syncPrivileges(sql: Sql, role: string, target: Grant): Promise<void> {
  const live = await findPrivileges(sql, role, target);
  if (live === undefined) {
    if (target.privileges.length === 0) return;
    const wrong = `is granted privileges on ${target.on} "${target.name}", which does not exist`;
    throw userError("role", role, wrong, "correct the name, or let the role depend on what makes it");
  }
  const wanted = [...new Set(target.privileges)].sort();
  const to = `on ${live.object} to ${quoteIdentifier(role)}`;
  const surplus = live.privileges.filter((each) => !wanted.includes(each));
  for (const privilege of surplus) {
    const { name, grantable } = parseGrantable(privilege);
    const what = grantable && wanted.includes(name) ? `grant option for ${wordsOf(name)}` : wordsOf(name);
    // Here cascade takes back what the role passed on, and drops no object.
    await sql.statement(`revoke ${what} on ${live.object} from ${quoteIdentifier(role)} cascade`);
  }
  // Revoking a privilege on a table revokes it on single columns too.
  for (const privilege of surplus.length > 0
    ? wanted
    : wanted.filter((each) => !live.privileges.includes(each))) {
    const { name, grantable } = parseGrantable(privilege);
    await sql.statement(`grant ${wordsOf(name)} ${to}${grantable ? " with grant option" : ""}`);
  }
  await confirm(sql, role, target, wanted);
}

/** Whoever may not grant or revoke something gets no more than a warning from Postgres. */
async function confirm(sql: Sql, role: string, target: Grant, wanted: readonly string[]): Promise<void> {
  const now = (await findPrivileges(sql, role, target))?.privileges ?? [];
  const kept = now.filter((each) => !wanted.includes(each)).map((each) => `keeps ${each}`);
  const missing = wanted.filter((each) => !now.includes(each)).map((each) => `does not get ${each}`);
  const wrong = [...missing, ...kept].join(", ");
  if (wrong === "") return;
  const instead = "deploy as the owner of the object, or write the privilege by its own name, one for each";
  throw userError("role", role, `${wrong} on ${target.on} "${target.name}"`, instead);
}

/** "update (a column)" names the column without quotes. */
function wordsOf(privilege: string): string {
  const [, word = "", column] = /^([a-z]+)(?: \((.+)\))?$/.exec(privilege) ?? [];
  return column === undefined ? word : `${word} (${quoteIdentifier(column)})`;
}

/** Schema, name and arguments; undefined if the text is no such name. */
function placeOf({ on, name }: GrantTarget): [schema: string, name: string, args: string | null] | undefined {
  if (on === "schema") {
    const [schema] = splitNames(name, 1) ?? [];
    return schema === undefined ? undefined : [schema, "", null];
  }
  const taken = takeNames(name, 2);
  const [schema, object] = taken?.names ?? [];
  if (taken === undefined || schema === undefined || object === undefined) return undefined;
  if (taken.rest === "") return [schema, object, null];
  const args = on === "function" ? /^\((.*)\)$/s.exec(taken.rest)?.[1] : undefined;
  return args === undefined ? undefined : [schema, object, args];
}

function privilegesOf(acl: string, columns = "''"): string {
  return `
    select pg_catalog.lower(a.privilege_type) || ${columns} as privilege, a.is_grantable
      from pg_catalog.aclexplode(${acl}) as a
      join pg_catalog.pg_roles as r on r.oid = a.grantee
     where r.rolname = $1
  `;
}

function listOf(privileges: string): string {
  return `array(
    select ${grantableSql("p.privilege", "pg_catalog.bool_or(p.is_grantable)")}
      from (${privileges}) as p
     group by p.privilege
     order by 1
  ) as privileges`;
}

const COLUMN_PRIVILEGES = `
  select c.privilege, c.is_grantable
    from pg_catalog.pg_attribute as t
   cross join lateral (${privilegesOf("t.attacl", "' (' || t.attname || ')'")}) as c
   where t.attrelid = o.oid and t.attacl is not null and not t.attisdropped
`;

// All take role, schema, name and arguments, used or not. Argument types are compared as Postgres writes them with an
// empty search path, and written into no statement.
const PRIVILEGES: Record<GrantKind, string> = {
  schema: `
    select pg_catalog.format('schema %I', o.nspname) as object, ${listOf(privilegesOf("o.nspacl"))}
      from pg_catalog.pg_namespace as o
     where o.nspname = $2 and $3::text = '' and $4::text is null
  `,
  table: `
    select pg_catalog.format(case o.relkind when 'S' then 'sequence %I.%I' else 'table %I.%I' end, n.nspname, o.relname)
             as object,
           ${listOf(`${privilegesOf("o.relacl")} union all ${COLUMN_PRIVILEGES}`)}
      from pg_catalog.pg_class as o
      join pg_catalog.pg_namespace as n on n.oid = o.relnamespace
     where n.nspname = $2 and o.relname = $3 and o.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and $4::text is null
  `,
  function: `
    select pg_catalog.format('routine %I.%I(%s)', n.nspname, o.proname, pg_catalog.oidvectortypes(o.proargtypes)) as object,
           ${listOf(privilegesOf("o.proacl"))}
      from pg_catalog.pg_proc as o
      join pg_catalog.pg_namespace as n on n.oid = o.pronamespace
     where n.nspname = $2 and o.proname = $3
       and ($4::text is null or pg_catalog.oidvectortypes(o.proargtypes) = $4)
     order by 1
  `,
};
