import { encodeJson } from "../worker/encode-json.ts";
import type { Query } from "../worker.ts";
import type { FileStore } from "./file-store.ts";

export interface SweepOptions {
  readonly query: Query;
  /** Schema of the flashcards system, as SQL writes it. */
  readonly schema: string;
  /** Bucket of the thumbnails. */
  readonly bucket: string;
  readonly files: Pick<FileStore, "remove">;
}

/** As many as the storage removes in one request without effort; the rest waits for the next tick. */
const most = 100;

/** Removes thumbnails that no card shows any more. A sweep that dies in between is made good by the next. */
export async function sweepThumbnails({ query, schema, bucket, files }: SweepOptions): Promise<void> {
  const orphans = await query(`select path from ${schema}.orphan_thumbnails($1::text::int) path`, [
    String(most),
  ]);
  const paths = orphans.map(({ path }) => String(path));
  if (paths.length === 0) return;
  await files.remove(bucket, paths);
  const forget = `delete from ${schema}.orphan_thumbnail t
    using json_array_elements_text($1::text::json) gone(path) where t.path = gone.path`;
  await query(forget, [encodeJson(paths)]);
}
