import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { findBucket } from "./bucket.ts";
import { service } from "./caller.ts";
import { type ObjectRoute, placeOf, type StorageContext } from "./context.ts";
import type { StoredObject } from "./object-rows.ts";
import { sendObject } from "./send-object.ts";
import { accessDenied, noSuchBucket, refusedOnly } from "./storage-error.ts";

type Send = (
  request: FastifyRequest<ObjectRoute>,
  reply: FastifyReply,
  object: StoredObject,
) => Promise<FastifyReply>;

/** Objects as files, as headers alone, and as facts; private ones for a caller with a token, public ones for all. */
export async function downloadRoutes(app: FastifyInstance, context: StorageContext): Promise<void> {
  const { database, objects } = context;

  const findPublic = async (request: FastifyRequest<ObjectRoute>) => {
    const place = placeOf(request);
    const bucket = await findBucket(database, place.bucket);
    if (!bucket.public) throw noSuchBucket();
    return objects.find(service, place);
  };
  /** What is in a public bucket needs no policy. */
  const findVisible = async (request: FastifyRequest<ObjectRoute>) => {
    const caller = await context.identify(request);
    const place = placeOf(request);
    const bucket = await findBucket(database, place.bucket).catch(refusedOnly);
    if (caller.problem !== null && !bucket?.public) throw accessDenied(caller.problem);
    if (bucket === null) throw noSuchBucket();
    return objects.find(bucket.public ? service : caller, place);
  };
  const sendFile: Send = async (request, reply, object) =>
    sendObject(request, reply, object, await objects.open(object));
  const sendInfo: Send = async (_request, reply, object) => reply.send(infoOf(object));

  const serve = (url: string, find: typeof findVisible, send: Send, method = "GET") =>
    app.route<ObjectRoute>({
      method,
      url: `/object/${url}:bucket/*`,
      handler: async (request, reply) => send(request, reply, await find(request)),
    });
  for (const url of ["", "authenticated/"]) {
    serve(url, findVisible, sendFile);
    serve(url, findVisible, sendFile, "HEAD");
    serve(`info/${url}`, findVisible, sendInfo);
  }
  serve("public/", findPublic, sendFile);
  serve("public/", findPublic, sendFile, "HEAD");
  serve("info/public/", findPublic, sendInfo);
}

function infoOf(object: StoredObject): Record<string, unknown> {
  const { id, name, version, bucket_id, metadata, user_metadata, updated_at, created_at } = object;
  return {
    id,
    name,
    version,
    bucket_id,
    size: metadata?.size ?? null,
    content_type: metadata?.mimetype ?? null,
    cache_control: metadata?.cacheControl ?? null,
    etag: metadata?.eTag ?? null,
    metadata: user_metadata,
    last_modified: updated_at,
    created_at,
  };
}
