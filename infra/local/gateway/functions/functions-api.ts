import type { FastifyInstance } from "fastify";
import type { JwtCheck } from "../jwt.ts";
import type { FunctionStore } from "../store/function-store.ts";
import { forwardRequest } from "./forward-request.ts";
import { sendFunctionError } from "./function-error.ts";
import type { FunctionHost } from "./function-host.ts";

export interface FunctionsApiOptions {
  functions: FunctionStore;
  host: FunctionHost;
  checkJwt: JwtCheck;
  requestTimeoutMs: number;
}

const prefix = "/functions/v1";

/** `/functions/v1/<slug>/...`: every method goes to the function; what it sees begins with its slug, as on Supabase. */
export async function functionsApi(app: FastifyInstance, options: FunctionsApiOptions): Promise<void> {
  // Bodies are passed on as they come in.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));

  for (const url of [`${prefix}/:slug`, `${prefix}/:slug/*`]) {
    app.all<{ Params: { slug: string } }>(url, async (request, reply) => {
      const { slug } = request.params;
      const record = options.functions.get(slug);
      if (record === undefined) {
        return sendFunctionError(reply, 404, "NOT_FOUND", "Requested function was not found");
      }
      // A browser's preflight carries no token; answering it is the function's business.
      if (record.verify_jwt && request.method !== "OPTIONS") {
        const problem = await options.checkJwt(request.headers.authorization);
        if (problem !== null) return sendFunctionError(reply, 401, 401, problem);
      }
      const path = (request.raw.url ?? "").slice(prefix.length);
      return forwardRequest(request, reply, {
        host: options.host,
        slug,
        path,
        timeoutMs: options.requestTimeoutMs,
      });
    });
  }
}
