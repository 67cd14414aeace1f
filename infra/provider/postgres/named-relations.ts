import type { Sql } from "./database.ts";
import { KIND_OF_CLASS, KIND_OF_TYPE, type RelationName } from "./relation-facts.ts";
import { statementsOf } from "./statements.ts";

const IDENTIFIER = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`;
const CREATE = new RegExp(
  String.raw`^create\s+(?:or\s+replace\s+)?(?:unlogged\s+)?(?:recursive\s+)?` +
    String.raw`(?:foreign\s+table|table|materialized\s+view|view|sequence|type|domain)\s+(?:if\s+not\s+exists\s+)?` +
    String.raw`(${IDENTIFIER}(?:\.${IDENTIFIER})?)(?![\w$.])`,
  "i",
);

/** Names, as they are written, of the relations that the script creates; blind to what it builds and executes. */
export function createdNames(script: string): string[] {
  return [
    ...new Set(
      statementsOf(script, { names: true }).flatMap((statement) => CREATE.exec(statement)?.[1] ?? []),
    ),
  ];
}

/** Whether the script says the relation's name, in a statement or in a comment; with another schema's name before it, it does not. */
export function mentions(script: string, { schema, name }: RelationName): boolean {
  const word = name.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const said = new RegExp(String.raw`(?:(?:"([^"]+)"|([\w$]+))\.)?"?(?<![\w$])${word}(?![\w$])`, "gi");
  return [...script.matchAll(said)].some(([, quoted, plain]) =>
    [schema, undefined].includes(quoted ?? plain?.toLowerCase()),
  );
}

/** Those of the names that exist, seen from the role's own search path; `missing` are the others. */
export async function findRelations(
  sql: Sql,
  names: readonly string[],
): Promise<{ found: RelationName[]; missing: string[] }> {
  if (names.length === 0) return { found: [], missing: [] };
  const rows = await sql.query<{ written: string } & RelationName & Record<string, unknown>>(FIND, [names]);
  const found = rows.map(({ kind, schema, name }) => ({ kind, schema, name }));
  return { found, missing: names.filter((name) => !rows.some(({ written }) => written === name)) };
}

const FIND = `
  select w.written, ${KIND_OF_CLASS} as kind, n.nspname::text as schema, c.relname::text as name
    from pg_catalog.unnest($1::text[]) as w(written)
    join pg_catalog.pg_class as c on c.oid = pg_catalog.to_regclass(w.written)
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
   where c.relpersistence <> 't' and n.nspname not like 'pg\\_%' and ${KIND_OF_CLASS} is not null
  union all
  select w.written, ${KIND_OF_TYPE}, n.nspname::text, t.typname::text
    from pg_catalog.unnest($1::text[]) as w(written)
    join pg_catalog.pg_type as t on t.oid = pg_catalog.to_regtype(w.written) and t.typtype in ('e', 'd')
    join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
`;
