import type { FastifyInstance } from "fastify";
import { type BucketRoute, requireCaller, type StorageContext } from "./context.ts";
import type { Query } from "./storage-database.ts";
import { noSuchBucket } from "./storage-error.ts";

/** Buckets as their caller may see them. They are made by the program that deploys, or in SQL. */
export async function bucketRoutes(app: FastifyInstance, context: StorageContext): Promise<void> {
  app.get("/bucket", async (request) => {
    const caller = await requireCaller(request, context);
    return context.database.transaction(caller, (query) => readBuckets(query, null));
  });

  app.get<BucketRoute>("/bucket/:bucket", async (request) => {
    const caller = await requireCaller(request, context);
    const [bucket] = await context.database.transaction(caller, (query) =>
      readBuckets(query, request.params.bucket),
    );
    if (!bucket) throw noSuchBucket();
    return bucket;
  });
}

async function readBuckets(query: Query, id: string | null): Promise<Record<string, unknown>[]> {
  const rows = await query<{ bucket: Record<string, unknown> }>(
    `select to_jsonb(b) as bucket
     from (select id, name, owner, public, type, file_size_limit, allowed_mime_types, created_at, updated_at
       from storage.buckets) b
     where $1::text is null or b.id = $1
     order by b.id`,
    [id],
  );
  return rows.map(({ bucket }) => bucket);
}
