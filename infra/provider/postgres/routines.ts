import type { Sql } from "./database.ts";
import { granteesSql } from "./grantees.ts";

/** A function or procedure as the catalog has it. "Planning" is strict, leakproof, parallel, cost and rows in one text. */
export type RoutineFacts = {
  kind: string;
  /** Modes, names and types of the arguments, as DROP needs them. */
  signature: string;
  /** The same with default values. */
  arguments: string;
  result: string;
  language: string;
  sourceSha256: string;
  settings: string[];
  securityDefiner: boolean;
  volatility: string;
  planning: string;
  owner: string;
  execute: string[];
  comment: string;
};

export interface Routine {
  facts: RoutineFacts;
  definition: string;
  /** Types of the arguments alone, which is how an import names one of several. */
  types: string;
  /** The current transaction wrote it. */
  isNew: boolean;
  /** It belongs to another role than the one that deploys. */
  isForeign: boolean;
  /** Its grants are not the ones that every new function has. */
  hasGrants: boolean;
}

/** All functions and procedures of this name, overloads included, aggregates left out. */
export async function findRoutines(sql: Sql, schema: string, name: string): Promise<Routine[]> {
  const rows = await sql.query<RoutineFacts & Omit<Routine, "facts">>(FIND, [schema, name]);
  return rows.map(({ definition, types, isNew, isForeign, hasGrants, ...facts }) => ({
    definition,
    types,
    isNew,
    isForeign,
    hasGrants,
    facts,
  }));
}

/** A function that the current transaction wrote. */
export interface WrittenRoutine {
  schema: string;
  name: string;
  signature: string;
  /** SECURITY DEFINER, and its caller's search_path decides what it does. */
  unsafe: boolean;
}

/** What the current transaction created or replaced: Postgres stamps each row with the transaction that wrote it. */
export async function routinesChangedNow(sql: Sql): Promise<WrittenRoutine[]> {
  return await sql.query<WrittenRoutine & Record<string, unknown>>(CHANGED_NOW);
}

const FIND = `
  select case p.prokind when 'p' then 'procedure' when 'w' then 'window function' else 'function' end as kind,
         pg_catalog.pg_get_function_identity_arguments(p.oid) as signature,
         pg_catalog.pg_get_function_arguments(p.oid) as arguments,
         coalesce(pg_catalog.pg_get_function_result(p.oid), '') as result,
         l.lanname::text as language,
         pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(
           coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc), 'UTF8')), 'hex') as "sourceSha256",
         coalesce(p.proconfig, '{}') as settings,
         p.prosecdef as "securityDefiner",
         case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
         pg_catalog.concat_ws(' ',
           case when p.proisstrict then 'strict' end,
           case when p.proleakproof then 'leakproof' end,
           'parallel ' || case p.proparallel when 's' then 'safe' when 'r' then 'restricted' else 'unsafe' end,
           'cost ' || p.procost,
           'rows ' || p.prorows,
           case when p.prosupport::oid <> 0 then 'support ' || p.prosupport end,
           (select 'transform ' || pg_catalog.string_agg(t.type::pg_catalog.regtype::text, ', ')
              from pg_catalog.unnest(p.protrftypes) as t (type)),
           'library ' || p.probin) as planning,
         pg_catalog.pg_get_userbyid(p.proowner)::text as owner,
         ${granteesSql("p.proacl", "p.proowner", "f", "EXECUTE")} as execute,
         coalesce(pg_catalog.obj_description(p.oid, 'pg_proc'), '') as comment,
         coalesce(p.xmin = pg_catalog.pg_current_xact_id_if_assigned()::pg_catalog.xid, false) as "isNew",
         pg_catalog.pg_get_userbyid(p.proowner) <> current_user as "isForeign",
         p.proacl is not null as "hasGrants",
         pg_catalog.oidvectortypes(p.proargtypes) as types,
         pg_catalog.pg_get_functiondef(p.oid) as definition
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    join pg_catalog.pg_language as l on l.oid = p.prolang
   where n.nspname = $1 and p.proname = $2 and p.prokind <> 'a'
   order by 2
`;

const CHANGED_NOW = `
  select n.nspname::text as schema,
         p.proname::text as name,
         pg_catalog.pg_get_function_identity_arguments(p.oid) as signature,
         p.prosecdef and not exists (
           select from pg_catalog.unnest(p.proconfig) as c (setting) where c.setting like 'search\\_path=%'
         ) as unsafe
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
   where p.xmin = pg_catalog.pg_current_xact_id()::pg_catalog.xid
`;
