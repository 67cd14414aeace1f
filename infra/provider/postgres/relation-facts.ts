import type { Sql } from "./database.ts";

export interface RelationName {
  /** "table", "view", "materialized view", "foreign table", "sequence", "type" or "domain". */
  kind: string;
  schema: string;
  name: string;
}

/** A relation, or of one that was there before only some parts: "relation", `column note`, `policy own`. */
export interface WatchedRelation extends RelationName {
  parts: string[] | null;
  /** The file that was the last to change it: what it was like right after that is how it should be. */
  settledBy: string;
}

export interface RelationFacts extends RelationName {
  /** Begins the keys of its entries: `table story.jobs`. */
  label: string;
  settledBy: string;
  /** False if there is no such relation. */
  present: boolean;
  /** What it is like, by aspect, in Postgres's own words: `table story.jobs`, `table story.jobs column status`. */
  entries: Record<string, string>;
}

/**
 * What the relations are like, in one query however many there are; it reads the catalog and nothing else.
 * Triggers, publications, and privileges of the roles `elsewhere` are left out: other resources look after them.
 */
export async function relationFacts(
  sql: Sql,
  relations: readonly WatchedRelation[],
  elsewhere: readonly string[],
): Promise<RelationFacts[]> {
  if (relations.length === 0) return [];
  return await sql.query<RelationFacts & Record<string, unknown>>(FACTS, [
    JSON.stringify(relations),
    elsewhere,
  ]);
}

/** SQL for the kind of a row `c` of pg_class; NULL for what is no relation of its own. */
export const KIND_OF_CLASS = `case c.relkind
    when 'r' then 'table' when 'p' then 'table' when 'f' then 'foreign table' when 'v' then 'view'
    when 'm' then 'materialized view' when 'S' then 'sequence' when 'c' then 'type' end`;

/** SQL for the kind of a row `t` of pg_type that stands without a row of pg_class. */
export const KIND_OF_TYPE = "case t.typtype when 'e' then 'type' when 'd' then 'domain' end";

/** Ends the text of a part that has a comment. */
const comment = (catalog: string, oid: string, column = "0") => `(
      select ' comment ' || pg_catalog.quote_literal(d.description)
        from pg_catalog.pg_description as d
       where d.classoid = 'pg_catalog.${catalog}'::pg_catalog.regclass and d.objoid = ${oid} and d.objsubid = ${column}
    )`;

// Each part of the union gives label, part, what follows the label in the key, and text.
const FACTS = `
with wanted as (
  select *, w.kind || ' ' || pg_catalog.format('%I.%I', w.schema, w.name) as label
    from pg_catalog.jsonb_to_recordset($1::jsonb) as w(kind text, schema text, name text, parts text[], "settledBy" text)
),
rel as materialized (
  select w.label, c.*
    from wanted as w
    join pg_catalog.pg_namespace as n on n.nspname = w.schema
    join pg_catalog.pg_class as c on c.relnamespace = n.oid and c.relname = w.name
   where w.kind = ${KIND_OF_CLASS}
),
typ as materialized (
  select w.label, t.*
    from wanted as w
    join pg_catalog.pg_namespace as n on n.nspname = w.schema
    join pg_catalog.pg_type as t on t.typnamespace = n.oid and t.typname = w.name
   where w.kind = ${KIND_OF_TYPE}
),
acl as (
  select label, 'relation' as part, '' as behind, relowner as owner,
         case relkind when 'S' then 's' else 'r' end::"char" as type,
         coalesce(relacl, pg_catalog.acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner)) as acl
    from rel
   where relkind <> 'c'
  union all
  select r.label, 'column ' || pg_catalog.quote_ident(a.attname), ' column ' || pg_catalog.quote_ident(a.attname), r.relowner, 'c', a.attacl
    from rel as r
    join pg_catalog.pg_attribute as a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
   where a.attacl is not null
  union all
  select label, 'relation', '', typowner, 'T', coalesce(typacl, pg_catalog.acldefault('T', typowner))
    from typ
),
fact (label, part, behind, text) as (
  select label, 'relation', '', case
           when relkind in ('r', 'p') then pg_catalog.concat(
             case relpersistence when 'u' then 'unlogged ' end, 'table',
             ' partitioned by ' || pg_catalog.pg_get_partkeydef(oid),
             (select case when rel.relispartition then ' partition of ' else ' inherits ' end
                     || pg_catalog.string_agg(i.inhparent::pg_catalog.regclass::text, ', ' order by i.inhseqno)
                from pg_catalog.pg_inherits as i
               where i.inhrelid = rel.oid
              having pg_catalog.count(*) > 0),
             ' ' || pg_catalog.pg_get_expr(relpartbound, oid),
             (select ' in tablespace ' || s.spcname from pg_catalog.pg_tablespace as s where s.oid = rel.reltablespace)
           )
           when relkind = 'S' then (
             select pg_catalog.format(
                      'sequence of %s from %s by %s between %s and %s%s, cache %s', pg_catalog.format_type(s.seqtypid, null),
                      s.seqstart, s.seqincrement, s.seqmin, s.seqmax, case when s.seqcycle then ' in a cycle' end, s.seqcache
                    ) || coalesce((
                      select pg_catalog.format(', owned by %s.%I', a.attrelid::pg_catalog.regclass, a.attname)
                        from pg_catalog.pg_depend as d
                        join pg_catalog.pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
                       where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = rel.oid
                         and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.deptype in ('a', 'i')
                    ), '')
               from pg_catalog.pg_sequence as s
              where s.seqrelid = rel.oid
           )
           when relkind = 'f' then (
             select pg_catalog.concat('foreign table on ', s.srvname, ' ' || f.ftoptions::text)
               from pg_catalog.pg_foreign_table as f
               join pg_catalog.pg_foreign_server as s on s.oid = f.ftserver
              where f.ftrelid = rel.oid
           )
           when relkind = 'c' then 'composite type'
           when relkind = 'v' then 'view'
           when relkind = 'm' then 'materialized view'
         end
    from rel
  union all
  select label, 'relation', ' owner', pg_catalog.pg_get_userbyid(relowner)::text from rel
  union all
  select label, 'relation', ' comment', pg_catalog.obj_description(oid, 'pg_class') from rel
  union all
  select label, 'relation', ' row security', pg_catalog.concat(
           case when relrowsecurity then 'enabled' else 'disabled' end,
           case when relforcerowsecurity then ', also for the owner' end)
    from rel
   where relkind in ('r', 'p')
  union all
  select label, 'relation', ' replica identity', case relreplident
           when 'd' then 'primary key' when 'f' then 'full row' when 'n' then 'nothing'
           else coalesce((
             select 'index ' || pg_catalog.quote_ident(x.relname)
               from pg_catalog.pg_index as i
               join pg_catalog.pg_class as x on x.oid = i.indexrelid
              where i.indrelid = rel.oid and i.indisreplident
           ), 'an index that is gone') end
    from rel
   where relkind in ('r', 'p')
  union all
  select label, 'relation', ' options', (
           select pg_catalog.string_agg(o.option, ', ' order by o.option)
             from (select pg_catalog.unnest(rel.reloptions)
                   union all
                   select 'toast.' || pg_catalog.unnest(t.reloptions) from pg_catalog.pg_class as t where t.oid = rel.reltoastrelid
             ) as o(option))
    from rel
  union all
  select label, 'relation', ' query', pg_catalog.pg_get_viewdef(oid) from rel where relkind in ('v', 'm')
  union all
  select r.label, 'column ' || pg_catalog.quote_ident(a.attname), ' column ' || pg_catalog.quote_ident(a.attname), pg_catalog.concat(
           pg_catalog.format_type(a.atttypid, a.atttypmod),
           case when a.attcollation <> t.typcollation then ' collate ' || a.attcollation::pg_catalog.regcollation::text end,
           case when a.attnotnull then ' not null' end,
           case a.attidentity when 'a' then ' generated always as identity' when 'd' then ' generated by default as identity' end,
           case a.attgenerated when '' then ' default ' || e.text when 's' then ' generated always as (' || e.text || ') stored'
                               else ' generated always as (' || e.text || ')' end,
           case when a.attstorage <> t.typstorage and r.relkind in ('r', 'p', 'm') then
             case a.attstorage when 'p' then ' storage plain' when 'e' then ' storage external'
                               when 'm' then ' storage main' else ' storage extended' end end,
           case a.attcompression when 'p' then ' compression pglz' when 'l' then ' compression lz4' end,
           ' statistics ' || nullif(a.attstattarget, -1),
           ' options ' || a.attoptions::text, ' options ' || a.attfdwoptions::text,
           ${comment("pg_class", "r.oid", "a.attnum")})
    from rel as r
    join pg_catalog.pg_attribute as a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    join pg_catalog.pg_type as t on t.oid = a.atttypid
    left join lateral (
      select pg_catalog.pg_get_expr(d.adbin, d.adrelid) as text
        from pg_catalog.pg_attrdef as d
       where d.adrelid = a.attrelid and d.adnum = a.attnum
    ) as e on true
   where r.relkind <> 'S'
  union all
  select r.label, 'constraint ' || pg_catalog.quote_ident(k.conname), ' constraint ' || pg_catalog.quote_ident(k.conname), pg_catalog.concat(
           pg_catalog.pg_get_constraintdef(k.oid),
           case when exists (select from pg_catalog.pg_trigger as g where g.tgconstraint = k.oid and g.tgenabled = 'D')
             then ', not enforced because its triggers are disabled' end,
           ${comment("pg_constraint", "k.oid")})
    from rel as r
    join pg_catalog.pg_constraint as k on k.conrelid = r.oid and k.contype in ('c', 'f', 'p', 'u', 'x')
  union all
  select r.label, 'index ' || pg_catalog.quote_ident(x.relname), ' index ' || pg_catalog.quote_ident(x.relname), pg_catalog.concat(
           pg_catalog.pg_get_indexdef(x.oid), case when not i.indisvalid or not i.indisready then ', invalid' end,
           case when i.indisclustered then ', clustered' end,
           ${comment("pg_class", "x.oid")})
    from rel as r
    join pg_catalog.pg_index as i on i.indrelid = r.oid
    join pg_catalog.pg_class as x on x.oid = i.indexrelid
  union all
  select r.label, 'policy ' || pg_catalog.quote_ident(p.polname), ' policy ' || pg_catalog.quote_ident(p.polname), pg_catalog.concat(
           case when not p.polpermissive then 'restrictive, ' end, 'for ',
           case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
           ' to ', (
             select pg_catalog.string_agg(coalesce(pg_catalog.quote_ident(g.rolname), 'public'), ', ' order by g.rolname)
               from pg_catalog.unnest(p.polroles) as m(oid)
               left join pg_catalog.pg_roles as g on g.oid = m.oid
           ),
           ' using (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')',
           ' with check (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')',
           ${comment("pg_policy", "p.oid")})
    from rel as r
    join pg_catalog.pg_policy as p on p.polrelid = r.oid
  union all
  select r.label, 'statistics ' || pg_catalog.quote_ident(s.stxname), ' statistics ' || pg_catalog.quote_ident(s.stxname),
         pg_catalog.pg_get_statisticsobjdef(s.oid)
    from rel as r
    join pg_catalog.pg_statistic_ext as s on s.stxrelid = r.oid
  union all
  select r.label, 'rule ' || pg_catalog.quote_ident(w.rulename), ' rule ' || pg_catalog.quote_ident(w.rulename), pg_catalog.concat(
           pg_catalog.pg_get_ruledef(w.oid), case w.ev_enabled when 'D' then ', disabled' end)
    from rel as r
    join pg_catalog.pg_rewrite as w on w.ev_class = r.oid and w.rulename <> '_RETURN'
  union all
  select label, 'relation', '', case typtype
           when 'e' then 'enum of ' || (
             select pg_catalog.string_agg(pg_catalog.quote_literal(l.enumlabel), ', ' order by l.enumsortorder)
               from pg_catalog.pg_enum as l
              where l.enumtypid = typ.oid
           )
           else pg_catalog.concat(
             'domain over ', pg_catalog.format_type(typbasetype, typtypmod), case when typnotnull then ' not null' end,
             ' default ' || typdefault, (
               select pg_catalog.string_agg(
                        pg_catalog.format(' constraint %I %s', k.conname, pg_catalog.pg_get_constraintdef(k.oid)), '' order by k.conname)
                 from pg_catalog.pg_constraint as k
                where k.contypid = typ.oid and k.contype = 'c'
             ))
         end
    from typ
  union all
  select label, 'relation', ' owner', pg_catalog.pg_get_userbyid(typowner)::text from typ
  union all
  select label, 'relation', ' comment', pg_catalog.obj_description(oid, 'pg_type') from typ
  union all
  select label, part, behind || ' privileges of ' || role, case
           when pg_catalog.count(*) = all_of_them and pg_catalog.bool_and(grantable) then 'all with grant option'
           when pg_catalog.count(*) = all_of_them and not pg_catalog.bool_or(grantable) then 'all'
           else pg_catalog.string_agg(
             pg_catalog.lower(privilege) || case when grantable then ' with grant option' else '' end, ', ' order by privilege)
         end
    from (
      select acl.label, acl.part, acl.behind, a.privilege_type as privilege, pg_catalog.bool_or(a.is_grantable) as grantable,
             case when a.grantee = acl.owner then 'the owner' when a.grantee = 0 then 'public'
                  else pg_catalog.quote_ident(g.rolname) end as role,
             (select pg_catalog.count(*)
                from pg_catalog.aclexplode(pg_catalog.acldefault(acl.type, acl.owner)) as d
               where d.grantee = acl.owner) as all_of_them
        from acl
        cross join pg_catalog.aclexplode(acl.acl) as a
        left join pg_catalog.pg_roles as g on g.oid = a.grantee
       where a.grantee in (acl.owner, 0) or g.rolname <> all ($2::text[])
       group by acl.label, acl.part, acl.behind, a.privilege_type, role, acl.type, acl.owner
    ) as held
   group by label, part, behind, role, all_of_them
)
select w.kind, w.schema, w.name, w.label, w."settledBy", o.label is not null as present,
       coalesce(pg_catalog.jsonb_object_agg(f.label || f.behind, f.text) filter (where f.text is not null), '{}') as entries
  from wanted as w
  left join (select label from rel union all select label from typ) as o on o.label = w.label
  left join fact as f on f.label = w.label and (w.parts is null or f.part = any (w.parts))
 group by w.kind, w.schema, w.name, w.label, w."settledBy", o.label
 order by w.label
`;
