import path from "node:path";
import type { FastifyError, FastifyInstance } from "fastify";
import { ZodError } from "zod";
import { createJwtReader } from "../jwt.ts";
import { bucketRoutes } from "./bucket-routes.ts";
import { createIdentifyCaller } from "./caller.ts";
import type { StorageContext } from "./context.ts";
import { downloadRoutes } from "./download-routes.ts";
import { ObjectBytes } from "./object-bytes.ts";
import { objectRoutes } from "./object-routes.ts";
import { ObjectStore } from "./object-store.ts";
import { signingRoutes } from "./signing-routes.ts";
import { StorageDatabase } from "./storage-database.ts";
import { invalidRequest, StorageError } from "./storage-error.ts";
import { uploadRoutes } from "./upload-routes.ts";

export interface StorageApiOptions {
  databaseUrl: string;
  jwtSecret: string;
  platformDirectory: string;
}

/** The part of Supabase Storage's API that keeps and serves objects. */
export async function storageApi(app: FastifyInstance, options: StorageApiOptions): Promise<void> {
  const { jwtSecret } = options;
  const database = new StorageDatabase(options.databaseUrl);
  const objects = new ObjectStore(database, new ObjectBytes(path.join(options.platformDirectory, "storage")));
  const readJwt = createJwtReader(jwtSecret);
  const context: StorageContext = {
    database,
    objects,
    identify: createIdentifyCaller(readJwt),
    readJwt,
    jwtSecret,
  };
  app.addHook("onClose", () => database.close());
  allowBrowsers(app);
  app.setErrorHandler(async (error: FastifyError, _request, reply) => {
    const refusal = refusalOf(error);
    if (refusal === null) console.error(`storage api: ${error.stack}`);
    const { httpStatus, body } = refusal ?? new StorageError(500, "InternalError", "Internal server error");
    return reply.code(httpStatus).send(body);
  });
  app.setNotFoundHandler(async (request, reply) => {
    const message = `Route ${request.method}:${request.url} not found`;
    return reply.code(404).send({ statusCode: "404", error: "Not Found", message });
  });

  for (const routes of [uploadRoutes, downloadRoutes, objectRoutes, signingRoutes, bucketRoutes]) {
    await app.register((scope: FastifyInstance) => routes(scope, context));
  }
}

/** Pages of any origin may call, as on Supabase. */
function allowBrowsers(app: FastifyInstance): void {
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("access-control-allow-origin", "*");
  });
  app.options("/*", async (request, reply) => {
    const headers = request.headers["access-control-request-headers"] ?? "*";
    reply.header("access-control-allow-methods", "GET,HEAD,POST,PUT,DELETE");
    return reply.header("access-control-allow-headers", headers).code(204).send();
  });
}

function refusalOf(error: FastifyError): StorageError | null {
  if (error instanceof StorageError) return error;
  if (error instanceof ZodError) return invalidRequest(error.issues.map(describe).join("; "));
  return (error.statusCode ?? 500) < 500 ? invalidRequest(error.message) : null;
}

const describe = ({ path: keys, message }: { path: PropertyKey[]; message: string }) =>
  `body${keys.map((key) => `/${String(key)}`).join("")} ${message}`;
