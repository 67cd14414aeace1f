import type { Sql } from "./database.ts";
import { KIND_OF_CLASS, KIND_OF_TYPE, type RelationName } from "./relation-facts.ts";

export interface TouchedRelation extends RelationName {
  /** What the transaction made or altered of it; null if it made the relation as a whole. */
  parts: string[] | null;
}

/**
 * The relations that the current transaction made or altered so far, as the catalog tells: Postgres stamps each row
 * with the transaction that wrote it. What it dropped leaves no row. Temporary relations, those of extensions and of
 * the system are left out, and so is a relation that only got a trigger or is only referred to by a foreign key.
 */
export async function touchedRelations(sql: Sql): Promise<TouchedRelation[]> {
  return await sql.query<TouchedRelation & Record<string, unknown>>(TOUCHED);
}

/**
 * Whether a row was written by this transaction or by a subtransaction of it, as a block with an exception handler is.
 * Other sessions may have begun later and committed already, so a later number is not enough: what is visible here
 * and still in progress is ours. The bound keeps rows away that are older than two thousand million transactions.
 */
const ours = (row: string) => `case when pg_catalog.age(${row}.xmin) between -16777216 and 0 then
      pg_catalog.pg_xact_status(
        (pg_catalog.pg_current_xact_id()::text::bigint - pg_catalog.age(${row}.xmin))::text::xid8
      ) = 'in progress' end`;

const COLUMN = "'column ' || pg_catalog.quote_ident(a.attname)";

const TOUCHED = `
with touched (oid, part) as (
  select c.oid, 'relation'
    from pg_catalog.pg_class as c
   where ${ours("c")} and not exists (select from pg_catalog.pg_trigger as g where g.tgrelid = c.oid and ${ours("g")})
  union all
  select a.attrelid, case when a.attnum > 0 and not a.attisdropped then ${COLUMN} else 'relation' end
    from pg_catalog.pg_attribute as a
   where ${ours("a")}
  union all
  select a.attrelid, ${COLUMN}
    from pg_catalog.pg_attrdef as d
    join pg_catalog.pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
   where ${ours("d")}
  union all
  select k.conrelid, 'constraint ' || pg_catalog.quote_ident(k.conname)
    from pg_catalog.pg_constraint as k
   where k.conrelid <> 0 and ${ours("k")}
  union all
  select i.indrelid, 'index ' || pg_catalog.quote_ident(x.relname)
    from pg_catalog.pg_index as i
    join pg_catalog.pg_class as x on x.oid = i.indexrelid
   where ${ours("i")} or ${ours("x")}
  union all
  select p.polrelid, 'policy ' || pg_catalog.quote_ident(p.polname)
    from pg_catalog.pg_policy as p
   where ${ours("p")}
  union all
  select s.stxrelid, 'statistics ' || pg_catalog.quote_ident(s.stxname)
    from pg_catalog.pg_statistic_ext as s
   where ${ours("s")}
  union all
  select w.ev_class, case w.rulename when '_RETURN' then 'relation' else 'rule ' || pg_catalog.quote_ident(w.rulename) end
    from pg_catalog.pg_rewrite as w
   where ${ours("w")}
  union all
  select s.seqrelid, 'relation' from pg_catalog.pg_sequence as s where ${ours("s")}
  union all
  select d.objoid, coalesce(${COLUMN}, 'relation')
    from pg_catalog.pg_description as d
    left join pg_catalog.pg_attribute as a on d.objsubid > 0 and a.attrelid = d.objoid and a.attnum = d.objsubid
   where d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and ${ours("d")}
),
made (oid) as (
  select t.typrelid from pg_catalog.pg_type as t where t.typrelid <> 0 and ${ours("t")}
  union all
  select a.attrelid
    from pg_catalog.pg_attribute as a
    join pg_catalog.pg_class as c on c.oid = a.attrelid
   where c.relkind = 'S' and a.attnum = 1 and ${ours("a")}
),
found as (
  select ${KIND_OF_CLASS} as kind, n.nspname::text as schema, c.relname::text as name,
         case when c.oid in (select oid from made) then null
              else pg_catalog.array_agg(distinct touched.part) end as parts
    from touched
    join pg_catalog.pg_class as c on c.oid = touched.oid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
   where c.relpersistence <> 't'
     and not exists (
       select from pg_catalog.pg_depend as d
        where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e'
     )
   group by c.oid, c.relkind, n.nspname, c.relname
  union all
  select ${KIND_OF_TYPE}, n.nspname::text, t.typname::text, null
    from pg_catalog.pg_type as t
    join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
   where t.typtype in ('e', 'd')
     and (${ours("t")}
          or exists (select from pg_catalog.pg_enum as l where l.enumtypid = t.oid and ${ours("l")})
          or exists (select from pg_catalog.pg_constraint as k where k.contypid = t.oid and ${ours("k")}))
     and not exists (
       select from pg_catalog.pg_depend as d
        where d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.objid = t.oid and d.deptype = 'e'
     )
)
select *
  from found
 where kind is not null and schema not in ('jobstack_provider', 'information_schema') and schema not like 'pg\\_%'
 order by schema, name
`;
