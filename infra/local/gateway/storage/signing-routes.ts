import { createSecretKey } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { type JWTPayload, SignJWT } from "jose";
import { z } from "zod";
import { service } from "./caller.ts";
import {
  type BucketRoute,
  type ObjectRoute,
  parseJsonBodies,
  placeOf,
  requireCaller,
  type StorageContext,
} from "./context.ts";
import { sendObject } from "./send-object.ts";
import { invalidJwt, refusedOnly, StorageError } from "./storage-error.ts";

const expiresIn = z.int().min(1);
const oneSchema = z.object({ expiresIn });
const manySchema = z.object({ expiresIn, paths: z.array(z.string()).min(1) });

/** URLs that let whoever has them read one object for a while. */
export async function signingRoutes(app: FastifyInstance, context: StorageContext): Promise<void> {
  const { objects, readJwt } = context;
  const key = createSecretKey(context.jwtSecret, "utf8");
  parseJsonBodies(app);

  async function signUrl(url: string, seconds: number): Promise<string> {
    const token = await new SignJWT({ url })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuedAt()
      .setExpirationTime(`${seconds}s`)
      .sign(key);
    // Not escaped: the client library does that.
    return `/object/sign/${url}?token=${token}`;
  }

  app.post<ObjectRoute>("/object/sign/:bucket/*", async (request) => {
    const caller = await requireCaller(request, context);
    const { expiresIn: seconds } = oneSchema.parse(request.body);
    const { bucket_id, name } = await objects.find(caller, placeOf(request));
    return { signedURL: await signUrl(`${bucket_id}/${name}`, seconds) };
  });

  app.post<BucketRoute>("/object/sign/:bucket", async (request) => {
    const caller = await requireCaller(request, context);
    const { expiresIn: seconds, paths } = manySchema.parse(request.body);
    const { bucket } = request.params;
    const sign = async (path: string) => {
      const found = await objects.find(caller, { bucket, name: path }).catch(refusedOnly);
      return found
        ? { error: null, path, signedURL: await signUrl(`${bucket}/${path}`, seconds) }
        : {
            error: "Either the object does not exist or you do not have access to it",
            path,
            signedURL: null,
          };
    };
    return Promise.all(paths.map(sign));
  });

  app.get<ObjectRoute & { Querystring: { token?: string } }>(
    "/object/sign/:bucket/*",
    async (request, reply) => {
      const place = placeOf(request);
      const { url, exp = 0 } = await verify(request.query.token ?? "");
      if (url !== `${place.bucket}/${place.name}`) {
        throw new StorageError(400, "InvalidSignature", "Invalid signature");
      }
      const object = await objects.find(service, place);
      return sendObject(request, reply, object, await objects.open(object), new Date(exp * 1_000));
    },
  );

  async function verify(token: string): Promise<JWTPayload & { url?: string }> {
    try {
      return await readJwt(token);
    } catch (error) {
      throw invalidJwt((error as Error).message);
    }
  }
}
