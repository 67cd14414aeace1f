import type { Sql } from "./database.ts";

/** The attributes that are on or off, by the words of ALTER ROLE that switch them. */
export const ROLE_SWITCHES = {
  login: ["login", "nologin"],
  inherit: ["inherit", "noinherit"],
  createDatabase: ["createdb", "nocreatedb"],
  createRole: ["createrole", "nocreaterole"],
  replication: ["replication", "noreplication"],
  bypassRls: ["bypassrls", "nobypassrls"],
  superuser: ["superuser", "nosuperuser"],
} as const;

export type RoleSwitch = keyof typeof ROLE_SWITCHES;
export type Settings = Record<string, string>;

export type RoleFacts = Record<RoleSwitch, boolean> & {
  connectionLimit: number;
  /** In UTC, "infinity", or empty without a limit. */
  validUntil: string;
  /** Settings in every database. */
  settings: Settings;
  /** Settings in a single database, by its name; these go before the others. */
  databaseSettings: Record<string, Settings>;
  /** Each as "role", or "role with admin option" and the like. */
  memberOf: string[];
  comment: string;
};

export interface FoundRole {
  facts: RoleFacts;
  /** A role that was dropped and made anew has another. */
  oid: number;
}

export async function findRole(sql: Sql, name: string): Promise<FoundRole | undefined> {
  type Row = Omit<RoleFacts, "settings" | "databaseSettings"> & {
    oid: number;
    settings: string[];
    databaseSettings: Record<string, string[]>;
  };
  const [row] = await sql.query<Row>(FIND, [name]);
  if (row === undefined) return undefined;
  const { oid, ...facts } = row;
  const databaseSettings = Object.entries(row.databaseSettings).map(([database, texts]) => [
    database,
    parseSettings(texts),
  ]);
  return {
    oid,
    facts: {
      ...facts,
      settings: parseSettings(row.settings),
      databaseSettings: Object.fromEntries(databaseSettings),
    },
  };
}

/** Digest of the password's verifier, which has a salt of its own; undefined where the deploying role may not read it. */
export async function findPasswordDigest(sql: Sql, name: string): Promise<string | undefined> {
  const [row] = await sql.query<{ allowed: boolean }>(MAY_READ_PASSWORDS);
  if (row?.allowed !== true) return undefined;
  const [found] = await sql.query<{ digest: string }>(PASSWORD_DIGEST, [name]);
  return found?.digest;
}

/** Each is stored as "name=value". */
function parseSettings(texts: readonly string[]): Settings {
  return Object.fromEntries(
    texts.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]),
  );
}

// Postgres 16 knows of each membership whether it inherits and may be switched to, and may hold one by several grantors;
// before, the columns are missing and to_jsonb() gives none.
const FIND = `
  select r.oid,
         r.rolcanlogin as login,
         r.rolinherit as inherit,
         r.rolcreatedb as "createDatabase",
         r.rolcreaterole as "createRole",
         r.rolreplication as replication,
         r.rolbypassrls as "bypassRls",
         r.rolsuper as superuser,
         r.rolconnlimit as "connectionLimit",
         case
           when r.rolvaliduntil is null then ''
           when r.rolvaliduntil in ('infinity', '-infinity') then r.rolvaliduntil::text
           else pg_catalog.to_char(r.rolvaliduntil at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
         end as "validUntil",
         coalesce(r.rolconfig, '{}') as settings,
         coalesce((
           select pg_catalog.jsonb_object_agg(d.datname, s.setconfig)
             from pg_catalog.pg_db_role_setting as s
             join pg_catalog.pg_database as d on d.oid = s.setdatabase
            where s.setrole = r.oid
         ), '{}') as "databaseSettings",
         array(
           select g.rolname || coalesce(' with ' || nullif(pg_catalog.concat_ws(', ',
                    case when pg_catalog.bool_or(m.admin_option) then 'admin option' end,
                    case pg_catalog.bool_or((o.options ->> 'inherit_option')::bool)
                      when not r.rolinherit then 'inherit ' || (not r.rolinherit)::text
                    end,
                    case when not pg_catalog.bool_or((o.options ->> 'set_option')::bool) then 'set false' end
                  ), ''), '')
             from pg_catalog.pg_auth_members as m
             join pg_catalog.pg_roles as g on g.oid = m.roleid
            cross join lateral (select pg_catalog.to_jsonb(m)) as o (options)
            where m.member = r.oid
            group by g.rolname
            order by 1
         ) as "memberOf",
         coalesce(pg_catalog.shobj_description(r.oid, 'pg_authid'), '') as comment
    from pg_catalog.pg_roles as r
   where r.rolname = $1
`;

const MAY_READ_PASSWORDS =
  "select pg_catalog.has_table_privilege('pg_catalog.pg_authid', 'select') as allowed";

const PASSWORD_DIGEST = `
  select pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(coalesce(a.rolpassword, ''), 'UTF8')), 'hex') as digest
    from pg_catalog.pg_authid as a
   where a.rolname = $1
`;
