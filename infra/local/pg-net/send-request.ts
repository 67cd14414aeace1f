import { performance } from "node:perf_hooks";
import { curlError } from "./curl-error.ts";
import { type Call, exchange, type Reply } from "./exchange.ts";
import { nextCall } from "./redirect.ts";
import { failedResponse, type HttpResponse, type QueuedRequest } from "./request.ts";
import { type Timings, timeoutMessage } from "./timings.ts";

/** As in curl 8.3 and newer; before, only the timeout ended a loop. */
const maxRedirects = 30;

/** Sends one queued request and returns its response row. Never rejects: every failure is a row too. */
export async function sendRequest(request: QueuedRequest): Promise<HttpResponse> {
  const refused = reasonToRefuse(request);
  if (refused) return failedResponse(refused);
  const began = performance.now();
  const elapsed = () => performance.now() - began;
  const timeout = new AbortController();
  const timer = request.timeoutMs > 0 ? setTimeout(() => timeout.abort(), request.timeoutMs) : undefined;
  let timings: Timings = {};
  try {
    const first = {
      method: request.method,
      url: new URL(request.url),
      headers: request.headers,
      body: request.body,
    };
    return await follow(first, (call) =>
      exchange(call, timeout.signal, elapsed, (latest) => {
        timings = latest;
      }),
    );
  } catch (error) {
    if (!timeout.signal.aborted) return failedResponse(curlError(error));
    return failedResponse(timeoutMessage(request.timeoutMs, elapsed(), timings), true);
  } finally {
    clearTimeout(timer);
  }
}

/** Follows redirects. The row has the headers of the first reply and all else of the last, as with pg_net. */
async function follow(first: Call, send: (call: Call) => Promise<Reply>): Promise<HttpResponse> {
  let call: Call | undefined = first;
  let headers: Record<string, string> | undefined;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    if (!["http:", "https:"].includes(call.url.protocol)) throw withCode("UNSUPPORTED_PROTOCOL");
    const reply = await send(call);
    headers ??= reply.headers;
    call = nextCall(call, reply);
    if (call === undefined) {
      const { status, contentType, body } = reply;
      return {
        statusCode: status,
        contentType,
        headers,
        content: asText(body),
        timedOut: false,
        errorMsg: null,
      };
    }
  }
  throw withCode("TOO_MANY_REDIRECTS");
}

function reasonToRefuse(request: QueuedRequest): string | undefined {
  if (request.badHeaders) return "headers must be a JSON object";
  const broken = request.headers.find((header) => header.some((part) => /[\r\n]/.test(part)));
  if (!broken) return undefined;
  const name = broken[0].split(/[\r\n]/)[0];
  return `header "${name}" contains a carriage return or line feed`;
}

/** Cut at the first NUL, which a text column cannot hold; empty is null. */
function asText(body: Buffer): string | null {
  const end = body.indexOf(0);
  return (end < 0 ? body : body.subarray(0, end)).toString("utf8") || null;
}

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code });
}
