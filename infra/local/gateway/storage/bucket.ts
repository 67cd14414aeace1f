import { service } from "./caller.ts";
import type { StorageDatabase } from "./storage-database.ts";
import { invalidMimeType, noSuchBucket } from "./storage-error.ts";

/** A row of storage.buckets, as far as Storage acts on it. */
export interface Bucket {
  id: string;
  public: boolean;
  /** In bytes; pg gives a bigint as text. */
  file_size_limit: string | null;
  allowed_mime_types: string[] | null;
}

/** What a project takes at most unless that was raised, whatever its buckets say. */
export const maximumBytes = 50 * 1024 * 1024;

/** Seen by the storage server, since a caller who may use a bucket's objects need not see the bucket. */
export async function findBucket(database: StorageDatabase, id: string): Promise<Bucket> {
  const [bucket] = await database.transaction(service, (query) =>
    query<Bucket>(
      "select b.id, b.public, b.file_size_limit, b.allowed_mime_types from storage.buckets b where b.id = $1",
      [id],
    ),
  );
  if (!bucket) throw noSuchBucket();
  return bucket;
}

export function sizeLimit({ file_size_limit: limit }: Bucket): number {
  return limit === null ? maximumBytes : Math.min(maximumBytes, Number(limit));
}

/** Throws Storage's refusal of a type that is not on the bucket's list, where `image/*` stands for all images. */
export function checkMimeType(mimeType: string, { allowed_mime_types: allowed }: Bucket): void {
  if (allowed === null || allowed.length === 0) return;
  const [type, subtype] = mimeType.split("/");
  const fits = allowed.some((entry) => {
    const [wantedType, wantedSubtype] = entry.split("/");
    return type === wantedType && (wantedSubtype === "*" || wantedSubtype === subtype);
  });
  if (!fits) throw invalidMimeType(mimeType);
}
