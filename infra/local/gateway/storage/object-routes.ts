import type { FastifyInstance } from "fastify";
import { z } from "zod";
import {
  type BucketRoute,
  type ObjectRoute,
  parseJsonBodies,
  placeOf,
  requireCaller,
  type StorageContext,
} from "./context.ts";
import { listObjects, sortColumns, sortOrders } from "./list-objects.ts";
import { noSuchKey } from "./storage-error.ts";

const listSchema = z.object({
  prefix: z.string(),
  search: z.string().default(""),
  limit: z.int().min(1).default(100),
  offset: z.int().min(0).default(0),
  sortBy: z
    .object({ column: z.enum(sortColumns).default("name"), order: z.enum(sortOrders).default("asc") })
    .prefault({}),
});

const removeSchema = z.object({ prefixes: z.array(z.string()).min(1) });

const transferSchema = z
  .object({
    bucketId: z.string(),
    sourceKey: z.string(),
    destinationBucket: z.string().optional(),
    destinationKey: z.string(),
  })
  .transform(({ bucketId, sourceKey, destinationBucket = bucketId, destinationKey }) => ({
    from: { bucket: bucketId, name: sourceKey },
    to: { bucket: destinationBucket, name: destinationKey },
  }));

/** Lists, deletes, moves and copies objects as their caller may. */
export async function objectRoutes(app: FastifyInstance, context: StorageContext): Promise<void> {
  const { database, objects } = context;
  parseJsonBodies(app);

  app.post<BucketRoute>("/object/list/:bucket", async (request) => {
    const caller = await requireCaller(request, context);
    const { sortBy, ...rest } = listSchema.parse(request.body);
    return database.transaction(caller, (query) =>
      listObjects(query, request.params.bucket, { ...rest, ...sortBy }),
    );
  });

  app.delete<BucketRoute>("/object/:bucket", async (request) => {
    const caller = await requireCaller(request, context);
    return objects.remove(caller, request.params.bucket, removeSchema.parse(request.body).prefixes);
  });

  app.delete<ObjectRoute>("/object/:bucket/*", async (request) => {
    const caller = await requireCaller(request, context);
    const { bucket, name } = placeOf(request);
    if ((await objects.remove(caller, bucket, [name])).length === 0) throw noSuchKey();
    return { message: "Successfully deleted" };
  });

  app.post("/object/move", async (request) => {
    const caller = await requireCaller(request, context);
    const { from, to } = transferSchema.parse(request.body);
    const { id, name } = await objects.move(caller, from, to);
    return { message: "Successfully moved", Id: id, Key: name };
  });

  app.post("/object/copy", async (request) => {
    const caller = await requireCaller(request, context);
    const { from, to } = transferSchema.parse(request.body);
    const copy = await objects.copy(caller, from, to, request.headers["x-upsert"] === "true");
    return { ...copy, Id: copy.id, Key: `${to.bucket}/${to.name}` };
  });
}
