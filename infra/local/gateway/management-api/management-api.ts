import { timingSafeEqual } from "node:crypto";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ZodError } from "zod";
import { ApiError } from "./api-error.ts";
import { apiKeysRoutes } from "./api-keys-routes.ts";
import type { ManagementContext } from "./context.ts";
import { databaseRoutes } from "./database-routes.ts";
import { deployRoutes } from "./deploy-routes.ts";
import { functionRoutes } from "./function-routes.ts";
import { projectListRoutes, projectRoutes } from "./project-routes.ts";
import { createRateLimit } from "./rate-limit.ts";
import { secretRoutes } from "./secret-routes.ts";

/** The part of Supabase's Management API that deploys and watches functions, for one project, below `/v1`. */
export async function managementApi(app: FastifyInstance, context: ManagementContext): Promise<void> {
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, parseJsonBody);
  app.addHook("onRequest", async (request) => checkToken(request, context.accessToken));
  app.addHook("onRequest", limitRate(context.rateLimit));
  app.setErrorHandler(sendError);
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split("?")[0];
    return reply.code(404).send({ message: `Cannot ${request.method} ${path}` });
  });

  await app.register(projectListRoutes, { context });
  await app.register(
    async (project: FastifyInstance) => {
      project.addHook("onRequest", async (request) => checkProject(request, context));
      const routes = [
        projectRoutes,
        functionRoutes,
        deployRoutes,
        secretRoutes,
        apiKeysRoutes,
        databaseRoutes,
      ];
      for (const route of routes) await project.register(route, { context });
    },
    { prefix: "/projects/:ref" },
  );
}

/** Clients send an empty body with a JSON content type, as on DELETE; Fastify's own parser would refuse it. */
function parseJsonBody(
  _request: FastifyRequest,
  body: string | Buffer,
  done: (error: Error | null, value?: unknown) => void,
): void {
  try {
    done(null, body.length === 0 ? undefined : JSON.parse(String(body)));
  } catch {
    done(new ApiError(400, "request body: is not JSON; send JSON or change the content type"));
  }
}

function checkToken(request: FastifyRequest, accessToken: string): void {
  const token = /^bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const [given, wanted] = [Buffer.from(token), Buffer.from(accessToken)];
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw new ApiError(401, "Unauthorized");
}

function limitRate(requestsPerMinute: number) {
  const check = createRateLimit(requestsPerMinute);
  return async (_request: FastifyRequest, reply: FastifyReply) => {
    const verdict = check();
    if (verdict.limit === 0) return;
    reply.headers({
      "x-ratelimit-limit": verdict.limit,
      "x-ratelimit-remaining": verdict.remaining,
      "x-ratelimit-reset": verdict.resetSeconds,
    });
    if (verdict.allowed) return;
    reply.header("retry-after", verdict.resetSeconds);
    throw new ApiError(429, `Too Many Requests: more than ${verdict.limit} in a minute`);
  };
}

function checkProject(request: FastifyRequest, context: ManagementContext): void {
  const { ref } = request.params as { ref: string };
  if (ref !== context.project().projectRef) throw new ApiError(404, `project "${ref}": does not exist`);
}

function sendError(error: FastifyError | ZodError | ApiError, _request: FastifyRequest, reply: FastifyReply) {
  if (error instanceof ZodError) {
    const problems = error.issues.map((issue) => `${issue.path.join(".") || "request"}: ${issue.message}`);
    return reply.code(400).send({ message: problems.join("\n") });
  }
  const status = error.statusCode ?? 500;
  if (error instanceof ApiError || status < 500) return reply.code(status).send({ message: error.message });
  console.error(`management api: ${error.stack}`);
  return reply.code(status).send({ message: "internal error; see the gateway's log" });
}
