import { z } from "zod";
import type { Resource } from "../kernel/resource.ts";
import { userError } from "../kernel/user-error.ts";
import type { Sql } from "../postgres/database.ts";
import { findExpressionProblem } from "../postgres/expression.ts";
import { quoteIdentifier, quoteQualified } from "../postgres/identifier.ts";
import { joinNames } from "../postgres/qualified-name.ts";
import { sqlState } from "../postgres/sql-error.ts";
import { adopt, checkedText, namesOf, postgresName } from "./names.ts";

const inputs = z.strictObject({
  schema: postgresName.describe("schema of the table"),
  table: postgresName.describe("table whose changes are published"),
  publication: postgresName.describe(
    "publication that gets the table; Realtime listens to supabase_realtime",
  ),
  columns: z
    .array(postgresName)
    .min(1, "must name a column; leave it out for all columns")
    .refine((names) => new Set(names).size === names.length, "names a column twice; name each once")
    .optional()
    .describe("only these columns are published"),
  where: checkedText(findExpressionProblem).optional().describe("only rows for which this is true"),
  adopt,
});

type Inputs = z.infer<typeof inputs>;
/** No columns means all; an empty condition means every row. */
type Facts = { columns: string[]; where: string };
type Names = Pick<Inputs, "schema" | "table" | "publication">;

const NOUN = "publication table";
const IDENTITY = ["schema", "table", "publication"] as const;

/** One table in a publication. Adding or removing it locks out neither readers nor writers. */
export const publicationTable: Resource<Inputs, Facts> = {
  kind: "PublicationTable",
  noun: NOUN,
  schema: inputs,
  defaults: { publication: "supabase_realtime" },
  identity: IDENTITY,
  shownAs: { columns: ["columns"], where: ["where"] },
  atomic: true,

  id: ({ schema, table, publication }) => joinNames([schema, table, publication]),

  async read({ sql }, id, known) {
    const names = namesOf(IDENTITY, id, known.inputs);
    if (names === undefined) return undefined;
    const [facts] = await sql.query<Facts>(FIND, [names.schema, names.table, names.publication]);
    if (facts === undefined) return undefined;
    const { columns, where } = facts;
    const given = known.inputs?.columns;
    return {
      inputs: {
        ...names,
        // The catalog keeps no order of its own.
        ...(columns.length > 0 && { columns: sameNames(given, columns) ? given : columns }),
        ...(where !== "" && { where }),
      },
      facts,
    };
  },

  async apply({ sql }, wanted, live) {
    await refuseUnpublishable(sql, wanted);
    const table = quoteQualified(wanted.schema, wanted.table);
    const publication = quoteIdentifier(wanted.publication);
    // Columns and condition cannot be altered; in one transaction no change is left out in between.
    if (live !== undefined) await sql.statement(`alter publication ${publication} drop table only ${table}`);
    const columns =
      wanted.columns === undefined ? "" : ` (${wanted.columns.map(quoteIdentifier).join(", ")})`;
    const where = wanted.where === undefined ? "" : ` where (${wanted.where}\n)`;
    await sql.statement(`alter publication ${publication} add table only ${table}${columns}${where}`);
    const rows = await sql.query<Names>(CHANGED_NOW);
    const made = rows.map((names) => joinNames([names.schema, names.table, names.publication]));
    if (made.length !== 1 || made[0] !== publicationTable.id(wanted)) {
      const found = made.map((other) => `"${other}"`).join(" and ");
      const instead = "write columns and a condition of this table only";
      throw userError(NOUN, publicationTable.id(wanted), `its inputs publish ${found}`, instead);
    }
    await refuseFailingWrites(sql, wanted);
  },

  async remove({ sql }, _id, { inputs: { schema, table, publication } }) {
    const found = await sql.query(FIND, [schema, table, publication]);
    if (found.length === 0) return;
    await sql.statement(
      `alter publication ${quoteIdentifier(publication)} drop table only ${quoteQualified(schema, table)}`,
    );
  },
};

function sameNames(given: readonly string[] | undefined, live: readonly string[]): given is string[] {
  return given?.length === live.length && given.every((name) => live.includes(name));
}

/** The server's own errors name neither a remedy nor the kind of relation. */
async function refuseUnpublishable(sql: Sql, wanted: Names): Promise<void> {
  const { schema, table, publication } = wanted;
  const refuse = (wrong: string, instead: string) =>
    userError(NOUN, publicationTable.id(wanted), wrong, instead);
  const [found] = await sql.query<{
    allTables: boolean | null;
    kind: string | null;
    persistence: string | null;
  }>(PREREQUISITES, [schema, table, publication]);
  if (found === undefined || found.allTables === null) {
    const statement = `create publication ${quoteIdentifier(publication)}`;
    throw refuse(`there is no publication "${publication}"`, `make it first with ${statement}`);
  }
  if (found.allTables) {
    const instead = "remove this resource, or name a publication of single tables";
    throw refuse(`the publication "${publication}" is for all tables and has this one already`, instead);
  }
  if (found.kind === null) {
    const instead = "correct the name, or let this resource depend on the one that makes it";
    throw refuse(`there is no table "${schema}.${table}"`, instead);
  }
  if (found.kind !== "table") throw refuse(`it is a ${found.kind}`, "name an ordinary or partitioned table");
  if (found.persistence !== "permanent") {
    const instead = "make it a logged one, alter table ... set logged";
    throw refuse(`its changes are not logged, because it is ${found.persistence}`, instead);
  }
}

/**
 * A table without a primary key, or with one that columns or condition leave out, can be added, and from then on every
 * update and delete on it fails. Planning one makes the server say so now; nothing is executed.
 */
async function refuseFailingWrites(sql: Sql, wanted: Names): Promise<void> {
  const table = quoteQualified(wanted.schema, wanted.table);
  const [column] = await sql.query<{ name: string }>(WRITABLE_COLUMN, [wanted.schema, wanted.table]);
  try {
    if (column !== undefined) {
      const name = quoteIdentifier(column.name);
      await sql.statement(`explain update ${table} set ${name} = ${name}`);
    }
    await sql.statement(`explain delete from ${table}`);
  } catch (error) {
    if (!(error instanceof Error) || !["55000", "42P10"].includes(sqlState(error) ?? "")) throw error;
    const { detail = error.message } = error as { detail?: string };
    throw userError(
      NOUN,
      publicationTable.id(wanted),
      `updates or deletes on the table would fail from now on (${detail.replace(/\.$/, "")})`,
      "give the table a primary key or a replica identity, and let columns and where use what is part of it",
    );
  }
}

const FIND = `
  select coalesce((
           select pg_catalog.array_agg(a.attname::text order by a.attname)
             from pg_catalog.pg_attribute as a
            where a.attrelid = c.oid and a.attnum = any (m.prattrs)
         ), '{}') as columns,
         coalesce(pg_catalog.pg_get_expr(m.prqual, m.prrelid), '') as "where"
    from pg_catalog.pg_publication_rel as m
    join pg_catalog.pg_publication as p on p.oid = m.prpubid
    join pg_catalog.pg_class as c on c.oid = m.prrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
   where n.nspname = $1 and c.relname = $2 and p.pubname = $3
`;

const PREREQUISITES = `
  select (select p.puballtables from pg_catalog.pg_publication as p where p.pubname = $3) as "allTables",
         case when c.oid is null then null
              when n.nspname in ('pg_catalog', 'information_schema', 'pg_toast') then 'system catalog'
              else case c.relkind when 'r' then 'table' when 'p' then 'table' when 'v' then 'view'
                                  when 'm' then 'materialized view' when 'f' then 'foreign table'
                                  when 'S' then 'sequence' else 'relation of another kind' end
         end as kind,
         case c.relpersistence when 'u' then 'unlogged' when 't' then 'temporary' else 'permanent' end as persistence
    from (values ($1::text, $2::text)) as wanted (schema, name)
    left join pg_catalog.pg_namespace as n on n.nspname = wanted.schema
    left join pg_catalog.pg_class as c on c.relnamespace = n.oid and c.relname = wanted.name
`;

const WRITABLE_COLUMN = `
  select a.attname::text as name
    from pg_catalog.pg_attribute as a
    join pg_catalog.pg_class as c on c.oid = a.attrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
   where n.nspname = $1 and c.relname = $2
     and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity <> 'a'
   order by a.attnum
   limit 1
`;

// Postgres stamps each row with the transaction that wrote it.
const CHANGED_NOW = `
  select n.nspname::text as schema, c.relname::text as table, p.pubname::text as publication
    from pg_catalog.pg_publication_rel as m
    join pg_catalog.pg_publication as p on p.oid = m.prpubid
    join pg_catalog.pg_class as c on c.oid = m.prrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
   where m.xmin = pg_catalog.pg_current_xact_id()::pg_catalog.xid
   union all
  select n.nspname::text, '*', p.pubname::text
    from pg_catalog.pg_publication_namespace as m
    join pg_catalog.pg_publication as p on p.oid = m.pnpubid
    join pg_catalog.pg_namespace as n on n.oid = m.pnnspid
   where m.xmin = pg_catalog.pg_current_xact_id()::pg_catalog.xid
   order by 1, 2, 3
`;
