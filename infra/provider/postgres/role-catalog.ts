import type { Sql } from "./database.ts";
import { quoteIdentifier, quoteQualified } from "./identifier.ts";

export type GrantKind = "schema" | "table" | "function";

export interface GrantTarget {
  on: GrantKind;
  /** A schema, "schema.table", or "schema.function" with or without "(argument types)". */
  name: string;
}

export type RoleAttributes = {
  login: boolean;
  connectionLimit: number;
  settings: Record<string, string>;
  memberOf: string[];
};

export async function findRole(sql: Sql, name: string): Promise<RoleAttributes | undefined> {
  const [row] = await sql.query<Omit<RoleAttributes, "settings"> & { settings: string[] }>(FIND, [name]);
  if (row === undefined) return undefined;
  // Each is stored as "name=value".
  const settings = row.settings.map((text) => [
    text.slice(0, text.indexOf("=")),
    text.slice(text.indexOf("=") + 1),
  ]);
  return { ...row, settings: Object.fromEntries(settings) };
}

/** Privileges of the role on the object, lower case and sorted; undefined if there is no such object. */
export async function findPrivileges(
  sql: Sql,
  role: string,
  target: GrantTarget,
): Promise<string[] | undefined> {
  const { schema, name, args } = parts(target);
  const [row] = await sql.query<{ privileges: string[] }>(PRIVILEGES[target.on], [role, schema, name, args]);
  return row?.privileges;
}

/** The object as GRANT names it. */
export function grantTarget(target: GrantTarget): string {
  const { schema, name, args } = parts(target);
  if (target.on === "schema") return `schema ${quoteIdentifier(schema)}`;
  const kind = target.on === "function" ? "routine" : "table";
  return `${kind} ${quoteQualified(schema, name)}${args === null ? "" : `(${args})`}`;
}

function parts({ on, name }: GrantTarget): { schema: string; name: string; args: string | null } {
  if (on === "schema") return { schema: name, name: "", args: null };
  const [, schema = "", object = "", args = null] = /^([^.]+)\.([^(]+?)(?:\((.*)\))?$/.exec(name) ?? [];
  return { schema, name: object, args };
}

const FIND = `
  select r.rolcanlogin as login,
         r.rolconnlimit as "connectionLimit",
         coalesce(r.rolconfig, '{}') as settings,
         array(
           select g.rolname::text
             from pg_catalog.pg_auth_members as m
             join pg_catalog.pg_roles as g on g.oid = m.roleid
            where m.member = r.oid
            order by 1
         ) as "memberOf"
    from pg_catalog.pg_roles as r
   where r.rolname = $1
`;

function privilegesOf(acl: string): string {
  return `array(
    select distinct pg_catalog.lower(a.privilege_type)
      from pg_catalog.aclexplode(${acl}) as a
      join pg_catalog.pg_roles as r on r.oid = a.grantee
     where r.rolname = $1
     order by 1
  ) as privileges`;
}

// All take role, schema, name and arguments, used or not.
const PRIVILEGES: Record<GrantKind, string> = {
  schema: `
    select ${privilegesOf("n.nspacl")}
      from pg_catalog.pg_namespace as n
     where n.nspname = $2 and $3::text = '' and $4::text is null
  `,
  table: `
    select ${privilegesOf("c.relacl")}
      from pg_catalog.pg_class as c
      join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
     where n.nspname = $2 and c.relname = $3 and c.relkind in ('r', 'p', 'v', 'm', 'f') and $4::text is null
  `,
  function: `
    select ${privilegesOf("p.proacl")}
      from pg_catalog.pg_proc as p
      join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
     where n.nspname = $2 and p.proname = $3
       and ($4::text is null or pg_catalog.oidvectortypes(p.proargtypes) = $4)
     limit 1
  `,
};
