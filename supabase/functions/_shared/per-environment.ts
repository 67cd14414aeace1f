import { type EnvironmentNames, environmentNames } from "./environment-names.ts";
import { jsonResponse, type RequestHandler } from "./http.ts";

/**
 * A function that may be deployed for several environments of one project, as `job-worker` and `job-worker-staging`.
 * They share their source and, since variables belong to the project, their variables; only the function's name, which
 * begins the path of every request, tells them apart. `create` runs once, when the first request comes.
 */
export function perEnvironment(
  functionName: string,
  create: (names: EnvironmentNames) => RequestHandler,
): RequestHandler {
  const pattern = new RegExp(`^/${functionName}(?:-([a-z0-9]+))?(?:/|$)`);
  const handlers = new Map<string, RequestHandler>();
  return async (request) => {
    const match = pattern.exec(new URL(request.url).pathname);
    if (match === null) return jsonResponse(404, { error: `not found; call /${functionName}` });
    const guest = match[1] ?? "";
    const handler = handlers.get(guest) ?? create(environmentNames(guest));
    handlers.set(guest, handler);
    return handler(request);
  };
}
