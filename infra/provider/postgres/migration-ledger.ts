import type { Sql } from "./database.ts";

export interface AppliedFile {
  migration: string;
  file: string;
  /** Digest of the file's text, hexadecimal. */
  sha256: string;
}

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
`;

/** Digests of the applied files of a migration by their names. */
export async function appliedFiles(sql: Sql, migration: string): Promise<Record<string, string>> {
  if (!(await hasLedger(sql))) return {};
  const rows = await sql.query<{ file: string; sha256: string }>(
    "select file, sha256 from jobstack_provider.migration_file where migration = $1 order by applied_at, file",
    [migration],
  );
  return Object.fromEntries(rows.map(({ file, sha256 }) => [file, sha256]));
}

/** Belongs in the transaction that applies the file. */
export async function recordFile(sql: Sql, { migration, file, sha256 }: AppliedFile): Promise<void> {
  if (!(await hasLedger(sql))) await sql.script(LEDGER);
  await sql.query(
    "insert into jobstack_provider.migration_file (migration, file, sha256) values ($1, $2, $3)",
    [migration, file, sha256],
  );
}

/** What the files made stays. */
export async function forgetMigration(sql: Sql, migration: string): Promise<void> {
  if (!(await hasLedger(sql))) return;
  await sql.query("delete from jobstack_provider.migration_file where migration = $1", [migration]);
}

async function hasLedger(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ present: boolean }>(
    "select pg_catalog.to_regclass('jobstack_provider.migration_file') is not null as present",
  );
  return row?.present === true;
}
