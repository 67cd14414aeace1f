import type { Query } from "./storage-database.ts";
import { noSuchKey } from "./storage-error.ts";

/** Where an object is. */
export interface Place {
  bucket: string;
  name: string;
}

/** What Storage knows of an object's bytes; column `metadata`. */
export interface ObjectMetadata {
  eTag: string;
  size: number;
  mimetype: string;
  cacheControl: string;
  lastModified: string;
  contentLength: number;
  httpStatusCode: number;
}

/** A row of storage.objects. */
export interface StoredObject {
  id: string;
  bucket_id: string;
  name: string;
  owner: string | null;
  owner_id: string | null;
  version: string | null;
  created_at: Date;
  updated_at: Date;
  last_accessed_at: Date;
  /** Null, or of any shape, in a row that no upload wrote. */
  metadata: Partial<ObjectMetadata> | null;
  user_metadata: Record<string, unknown> | null;
}

export interface NewRow extends Place {
  /** Subject of the uploader's token. */
  owner: string | null;
  version: string;
  metadata?: Partial<ObjectMetadata> | null;
  userMetadata?: Record<string, unknown> | null;
}

const insertSql = `
  insert into storage.objects (bucket_id, name, owner, owner_id, version, metadata, user_metadata)
  values ($1, $2, $3, $4, $5, $6, $7)`;

/** Reads nothing back, since whoever may insert need not be allowed to select. */
export async function insertRow(query: Query, row: NewRow): Promise<void> {
  await query(insertSql, valuesOf(row));
}

export async function upsertRow(query: Query, row: NewRow): Promise<void> {
  await query(
    `${insertSql}
     on conflict (name, bucket_id) do update set owner = excluded.owner, owner_id = excluded.owner_id,
       version = excluded.version, metadata = excluded.metadata, user_metadata = excluded.user_metadata`,
    valuesOf(row),
  );
}

/** Column `owner` is a uuid, and older than the tokens whose subject is none. */
function valuesOf({ bucket, name, owner, version, metadata, userMetadata }: NewRow): unknown[] {
  const uuid = owner !== null && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(owner) ? owner : null;
  return [bucket, name, uuid, owner, version, metadata ?? null, userMetadata ?? null];
}

export async function findRow(query: Query, { bucket, name }: Place): Promise<StoredObject> {
  const [object] = await query<StoredObject>(
    "select o.* from storage.objects o where o.bucket_id = $1 and o.name = $2",
    [bucket, name],
  );
  if (!object) throw noSuchKey();
  return object;
}

export async function renameRow(query: Query, from: Place, to: Place): Promise<StoredObject> {
  const { id } = await findRow(query, from);
  const [moved] = await query<StoredObject>(
    "update storage.objects o set bucket_id = $2, name = $3 where o.id = $1 returning o.*",
    [id, to.bucket, to.name],
  );
  if (!moved) throw noSuchKey();
  return moved;
}

export async function deleteRows(query: Query, bucket: string, names: string[]): Promise<StoredObject[]> {
  return query<StoredObject>(
    "delete from storage.objects o where o.bucket_id = $1 and o.name = any ($2) returning o.*",
    [bucket, names],
  );
}

/** Lets one upload to a place after the other, and answers with the version that is there. */
export async function lockPlace(query: Query, { bucket, name }: Place): Promise<string | null> {
  await query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`${bucket}/${name}`]);
  const [row] = await query<{ version: string | null }>(
    "select o.version from storage.objects o where o.bucket_id = $1 and o.name = $2 for update",
    [bucket, name],
  );
  return row?.version ?? null;
}

/** Which of these versions a row has. */
export async function keptVersions(query: Query, versions: string[]): Promise<Set<string>> {
  const rows = await query<{ version: string }>(
    "select o.version from storage.objects o where o.version = any ($1)",
    [versions],
  );
  return new Set(rows.map(({ version }) => version));
}
