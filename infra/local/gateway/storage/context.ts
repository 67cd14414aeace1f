import type { FastifyInstance, FastifyRequest } from "fastify";
import type { JwtReader } from "../jwt.ts";
import type { Caller, IdentifyCaller } from "./caller.ts";
import type { ObjectStore } from "./object-store.ts";
import type { StorageDatabase } from "./storage-database.ts";
import { accessDenied, invalidRequest } from "./storage-error.ts";

/** What the routes of Storage work on. */
export interface StorageContext {
  database: StorageDatabase;
  objects: ObjectStore;
  identify: IdentifyCaller;
  readJwt: JwtReader;
  jwtSecret: string;
}

/** A route of a bucket. */
export interface BucketRoute {
  Params: { bucket: string };
}

/** A route below a bucket. */
export interface ObjectRoute {
  Params: { bucket: string; "*": string };
}

export const placeOf = ({ params }: FastifyRequest<ObjectRoute>) => ({
  bucket: params.bucket,
  name: params["*"],
});

/** The caller of a route that wants a good token. */
export async function requireCaller(request: FastifyRequest, context: StorageContext): Promise<Caller> {
  if (request.headers.authorization === undefined) {
    throw invalidRequest("headers must have required property 'authorization'");
  }
  const caller = await context.identify(request);
  if (caller.problem !== null) throw accessDenied(caller.problem);
  return caller;
}

/** Reads JSON whatever its type says; an empty body is none. */
export function parseJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, body.length === 0 ? {} : JSON.parse(String(body)));
    } catch {
      done(invalidRequest("body must be JSON"));
    }
  });
}
