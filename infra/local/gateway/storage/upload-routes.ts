import multipart from "@fastify/multipart";
import type { FastifyInstance } from "fastify";
import { maximumBytes } from "./bucket.ts";
import { type ObjectRoute, placeOf, requireCaller, type StorageContext } from "./context.ts";
import { readIncoming } from "./upload-form.ts";

/** `POST` makes an object, with `x-upsert: true` over an old one; `PUT` replaces one. */
export async function uploadRoutes(app: FastifyInstance, context: StorageContext): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  // One byte more, so that a file of that size is seen to be too large.
  await app.register(multipart, {
    limits: { fields: 10, files: 1, fileSize: maximumBytes + 1 },
    throwFileSizeLimit: false,
  });

  app.route<ObjectRoute>({
    method: ["POST", "PUT"],
    url: "/object/:bucket/*",
    handler: async (request) => {
      const caller = await requireCaller(request, context);
      const upsert = request.method === "PUT" || request.headers["x-upsert"] === "true";
      const receive = () => readIncoming(request);
      const object = await context.objects.upload(caller, placeOf(request), { upsert, receive });
      return { Id: object.id, Key: `${object.bucket_id}/${object.name}` };
    },
  });
}
