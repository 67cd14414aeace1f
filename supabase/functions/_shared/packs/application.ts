import { SignJWT } from "npm:jose@6.2.17";
import { postJson } from "../post-json.ts";
import { redact } from "../redact.ts";
import { PermanentError } from "../worker/permanent-error.ts";

export interface ApplicationOptions {
  /** Base URL of the application, without `/api/process-image`. */
  readonly baseUrl: string;
  /** Signs each request, so that the application can tell it from anybody else's. */
  readonly secret: string;
  readonly timeoutMs: number;
  readonly fetch: typeof fetch;
}

/** One image to make. */
export interface ImageRequest {
  readonly jobId: string;
  readonly jobType: string;
  readonly userId: unknown;
  readonly payload: unknown;
  /** 1 for the first. */
  readonly attempt: number;
  readonly signal: AbortSignal;
}

/** What the application understands and refuses; asking again would not change it. */
const refusals = [400, 413, 422];
const longestReason = 500;

/**
 * One call of `/api/process-image`; returns when the image is made. An attempt may be made again after its answer was
 * lost, so all attempts at one job bear the same `Idempotency-Key`, its id: the application makes an image once.
 * Throws a `PermanentError` when the application refuses the payload, and an ordinary error for all else.
 */
export async function processImage(options: ApplicationOptions, request: ImageRequest): Promise<void> {
  const response = await send(options, request);
  const { success, reason } = reasonIn(await response.text());
  if (response.ok && success !== false) return;
  const message = redact(`the application answered ${response.status}${reason === "" ? "" : `: ${reason}`}`);
  throw refusals.includes(response.status) ? new PermanentError(message) : new Error(message);
}

async function send(options: ApplicationOptions, request: ImageRequest): Promise<Response> {
  const { jobId, jobType, userId, payload, attempt, signal } = request;
  const { baseUrl, secret, timeoutMs, fetch } = options;
  return postJson({
    service: "the application",
    url: `${baseUrl.replace(/\/+$/, "")}/api/process-image`,
    headers: {
      authorization: `Bearer ${await signRequest(secret, jobId)}`,
      "idempotency-key": jobId,
      "x-job-attempt": String(attempt),
    },
    body: { jobId, jobType, userId, payload },
    signal,
    timeoutMs,
    fetch,
  });
}

/** Good for a minute, for this job alone. */
function signRequest(secret: string, jobId: string): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer("jobstack")
    .setAudience("process-image")
    .setSubject(jobId)
    .setExpirationTime("1 minute")
    .sign(new TextEncoder().encode(secret));
}

/** What an answer says went wrong: its `error` or `message`, else its text. */
function reasonIn(text: string): { success: unknown; reason: string } {
  try {
    const { success, error, message } = JSON.parse(text);
    const reason = [error, message].find((said) => typeof said === "string") ?? text;
    return { success, reason: reason.slice(0, longestReason) };
  } catch {
    return { success: undefined, reason: text.slice(0, longestReason) };
  }
}
