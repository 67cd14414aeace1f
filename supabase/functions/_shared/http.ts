import type { z } from "npm:zod@4.6.7";
import { HttpError } from "./http-error.ts";
import { redact } from "./redact.ts";

export type RequestHandler = (request: Request) => Promise<Response>;

export interface EndpointOptions {
  readonly methods: readonly ("GET" | "POST")[];
  /** Answers browsers' preflight requests and lets any origin read the response. Off for callers that are servers. */
  readonly cors: boolean;
  readonly handle: RequestHandler;
}

const corsHeaders = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "authorization, x-client-info, apikey, content-type",
};

/** Stories are described in a few sentences; anything longer is a mistake or an attack. */
const largestBody = 64 * 1024;

/** A JSON endpoint: preflight and method checks around a handler, and every error as a JSON body. */
export function jsonEndpoint({ methods, cors, handle }: EndpointOptions): RequestHandler {
  const allow = [...methods, ...(cors ? ["OPTIONS"] : [])].join(", ");
  const extra: Record<string, string> = cors ? { ...corsHeaders, "access-control-allow-methods": allow } : {};
  return async (request) => {
    if (cors && request.method === "OPTIONS") return new Response(null, { status: 204, headers: extra });
    if (!methods.some((method) => method === request.method)) {
      const error = `method ${request.method} is not allowed; use ${methods.join(" or ")}`;
      return jsonResponse(405, { error }, { ...extra, allow });
    }
    const response = await handle(request).catch(errorResponse);
    for (const [name, value] of Object.entries(extra)) response.headers.set(name, value);
    return response;
  };
}

/** A response with a JSON body. */
export function jsonResponse(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
  });
}

/** The request's body, checked. Throws a 400 that lists every problem, or a 413. */
export async function readJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(parseJson(await readText(request)));
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  throw new HttpError(400, "the request is invalid", details);
}

async function readText(request: Request): Promise<string> {
  const tooLarge = new HttpError(413, `the body is larger than ${largestBody} bytes`);
  if (Number(request.headers.get("content-length") ?? 0) > largestBody) throw tooLarge;
  const text = await request.text();
  if (text.length > largestBody) throw tooLarge;
  return text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, "the body is not JSON", [{ path: "", message: "send a JSON object" }]);
  }
}

/** What the caller did wrong is said; what went wrong here is only logged. */
function errorResponse(thrown: unknown): Response {
  if (thrown instanceof HttpError) {
    const { status, message, details } = thrown;
    return jsonResponse(status, details === undefined ? { error: message } : { error: message, details });
  }
  console.error(`request failed: ${redact(thrown instanceof Error ? thrown.message : String(thrown))}`);
  return jsonResponse(500, { error: "internal server error" });
}
