import type { Sql } from "./database.ts";
import type { RelationName, WatchedRelation } from "./relation-facts.ts";

export interface AppliedFile {
  migration: string;
  file: string;
  /** Digest of the file's text, hexadecimal. */
  sha256: string;
}

/** A relation, or some parts of it, that the files of a migration made. */
export interface MadeRelation extends RelationName {
  parts: string[] | null;
}

const FILES = "jobstack_provider.migration_file";
const RELATIONS = "jobstack_provider.migration_relation";
const LEFT = "jobstack_provider.migration_left";

const LEDGER = `
  create schema if not exists jobstack_provider;
  create table if not exists jobstack_provider.migration_file (
    migration text not null,
    file text not null,
    sha256 text not null,
    applied_at timestamptz not null default pg_catalog.now(),
    primary key (migration, file)
  );
  comment on table jobstack_provider.migration_file is
    'Which file of which migration was applied. Written by the provider jobstack; do not edit.';
  create table if not exists jobstack_provider.migration_relation (
    migration text not null,
    kind text not null,
    schema text not null,
    name text not null,
    parts text[],
    settled_by text not null,
    settled_at timestamptz not null default pg_catalog.now(),
    primary key (migration, kind, schema, name)
  );
  comment on table jobstack_provider.migration_relation is
    'Which relations, or parts of them, each migration made, and which file was the last to change them. Written by the provider jobstack; do not edit.';
`;

/** Belongs before the first change of a transaction. */
export async function ensureLedger(sql: Sql): Promise<void> {
  if (!(await sql.sawTable(RELATIONS))) await sql.script(LEDGER);
}

/** Digests of the applied files of a migration by their names. */
export async function appliedFiles(sql: Sql, migration: string): Promise<Record<string, string>> {
  if (!(await sql.sawTable(FILES))) return {};
  const rows = await sql.query<{ file: string; sha256: string }>(
    "select file, sha256 from jobstack_provider.migration_file where migration = $1 order by applied_at, file",
    [migration],
  );
  return Object.fromEntries(rows.map(({ file, sha256 }) => [file, sha256]));
}

/** Belongs in the transaction that applies the file. */
export async function recordFile(sql: Sql, { migration, file, sha256 }: AppliedFile): Promise<void> {
  await ensureLedger(sql);
  await sql.query(
    "insert into jobstack_provider.migration_file (migration, file, sha256) values ($1, $2, $3)",
    [migration, file, sha256],
  );
}

/** What the migration made and watches; without a migration what all of them did, each once and as a whole. */
export async function madeRelations(sql: Sql, migration?: string): Promise<WatchedRelation[]> {
  // A ledger of an older version has no such table.
  if (!(await sql.sawTable(RELATIONS))) return [];
  if (migration !== undefined)
    return await sql.query<WatchedRelation & Record<string, unknown>>(MADE, [migration]);
  return await sql.query<WatchedRelation & Record<string, unknown>>(MADE_BY_ANY);
}

/** Watches more; what is watched as a whole stays so. */
export async function recordRelations(
  sql: Sql,
  { migration, file }: Omit<AppliedFile, "sha256">,
  relations: readonly MadeRelation[],
): Promise<void> {
  if (relations.length > 0) await sql.query(RECORD, [migration, file, JSON.stringify(relations)]);
}

/** The file changed the relations, whoever made them: what they are like now is how they should be. */
export async function settleRelations(
  sql: Sql,
  { migration, file }: Omit<AppliedFile, "sha256">,
  relations: readonly RelationName[],
): Promise<void> {
  if (relations.length > 0) await sql.query(SETTLE, [`${migration}/${file}`, JSON.stringify(relations)]);
}

/** The relations were dropped by a file, whoever made them. */
export async function forgetRelations(sql: Sql, relations: readonly RelationName[]): Promise<void> {
  if (relations.length > 0) await sql.query(FORGET, [JSON.stringify(relations)]);
}

/** Whether this very file was applied when its migration was taken out of the program; what it made stayed then. */
export async function wasLeft(sql: Sql, { migration, file, sha256 }: AppliedFile): Promise<boolean> {
  if (!(await sql.sawTable(LEFT))) return false;
  const rows = await sql.query(
    "select from jobstack_provider.migration_left where migration = $1 and file = $2 and sha256 = $3",
    [migration, file, sha256],
  );
  return rows.length > 0;
}

/** What the files made stays, and it is noted for whoever takes it over that they were applied. */
export async function forgetMigration(sql: Sql, migration: string): Promise<void> {
  if (await sql.sawTable(FILES)) {
    await sql.script(LEFT_LEDGER);
    await sql.query(`delete from ${LEFT} where migration = $1`, [migration]);
    await sql.query(
      `insert into ${LEFT} select migration, file, sha256 from jobstack_provider.migration_file where migration = $1`,
      [migration],
    );
  }
  for (const table of [FILES, RELATIONS]) {
    if (await sql.sawTable(table)) await sql.query(`delete from ${table} where migration = $1`, [migration]);
  }
}

const LEFT_LEDGER = `
  create table if not exists ${LEFT} (
    migration text not null,
    file text not null,
    sha256 text not null,
    primary key (migration, file)
  );
  comment on table ${LEFT} is
    'Which files were applied of migrations that are in no program any more. Written by the provider jobstack; do not edit.';
`;

const MADE = `
  select kind, schema, name, parts,
         settled_by || ', ' || pg_catalog.to_char(settled_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "settledBy"
    from jobstack_provider.migration_relation
   where migration = $1
   order by kind, schema, name
`;

const MADE_BY_ANY = `
  select distinct kind, schema, name, null as parts, '' as "settledBy"
    from jobstack_provider.migration_relation
`;

const RECORD = `
  insert into jobstack_provider.migration_relation as made (migration, kind, schema, name, parts, settled_by)
  select $1, r.kind, r.schema, r.name, r.parts, $1 || '/' || $2
    from pg_catalog.jsonb_to_recordset($3::jsonb) as r(kind text, schema text, name text, parts text[])
  on conflict (migration, kind, schema, name) do update
    set parts = case when made.parts is not null and excluded.parts is not null
          then array(select pg_catalog.unnest(made.parts) union select pg_catalog.unnest(excluded.parts)) end
`;

const SETTLE = `
  update jobstack_provider.migration_relation as made
     set settled_by = $1, settled_at = pg_catalog.now()
    from pg_catalog.jsonb_to_recordset($2::jsonb) as r(kind text, schema text, name text)
   where made.kind = r.kind and made.schema = r.schema and made.name = r.name
`;

const FORGET = `
  delete from jobstack_provider.migration_relation as made
   using pg_catalog.jsonb_to_recordset($1::jsonb) as r(kind text, schema text, name text)
   where made.kind = r.kind and made.schema = r.schema and made.name = r.name
`;
