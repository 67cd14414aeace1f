import type { FastifyReply, FastifyRequest } from "fastify";
import type { Dispatcher } from "undici";
import { sendFunctionError } from "./function-error.ts";
import type { FunctionHost } from "./function-host.ts";
import { endToEndHeaders } from "./hop-headers.ts";
import { mayReplay } from "./replay.ts";
import type { Worker } from "./worker.ts";
import { BootError, FunctionMissing } from "./worker-errors.ts";

export interface ForwardOptions {
  host: FunctionHost;
  slug: string;
  /** Path and query as the function sees them: from its slug on. */
  path: string;
  /** Time until the function's response begins, booting included; a stream may then go on for longer. */
  timeoutMs: number;
}

/** Reason of the signal when the time is up; a client that went away leaves the signal its own reason. */
class OutOfTime extends Error {}

/** Passes a request to its function and the answer back, both as streams. */
export async function forwardRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  options: ForwardOptions,
): Promise<FastifyReply> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new OutOfTime()), options.timeoutMs);
  const left = () => reply.raw.writableFinished || abort.abort();
  reply.raw.once("close", left);
  try {
    const answer = await exchange(request, reply, options, abort.signal);
    const headers = endToEndHeaders(answer.headers);
    // Until its body was read, the client's connection cannot carry another request.
    if (!request.raw.complete) headers.connection = "close";
    reply.code(answer.statusCode).headers(headers).send(answer.body);
    // A stream may stay silent for long; the client should know at once that it began.
    setImmediate(() => reply.raw.writableEnded || reply.raw.flushHeaders());
    return reply;
  } catch (error) {
    return sendFailure(reply, error, options);
  } finally {
    clearTimeout(timer);
  }
}

async function exchange(
  request: FastifyRequest,
  reply: FastifyReply,
  options: ForwardOptions,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const upstream = upstreamRequest(request, options.path, signal);
  for (let attempt = 1; ; attempt++) {
    const { worker, leave } = await options.host.enter(options.slug);
    try {
      signal.throwIfAborted();
      const answer = await worker.pool.request(upstream);
      if (reply.raw.closed) leave();
      else reply.raw.once("close", leave);
      return answer;
    } catch (error) {
      leave();
      if (error instanceof OutOfTime) options.host.replaceStuck(worker);
      const facts = { method: request.method, hasBody: upstream.body !== null, error };
      if (attempt > 1 || !mayReplay({ ...facts, bodyTouched: request.raw.readableDidRead })) throw error;
      await seeItEnd(worker);
    }
  }
}

function upstreamRequest(request: FastifyRequest, path: string, signal: AbortSignal) {
  const { headers } = request.raw;
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  const forwardedFor = [headers["x-forwarded-for"], request.raw.socket.remoteAddress].flat().filter(Boolean);
  return {
    path,
    method: request.method as Dispatcher.HttpMethod,
    headers: {
      ...endToEndHeaders(headers),
      "x-forwarded-for": forwardedFor.join(", "),
      "x-forwarded-host": headers.host ?? "",
      "x-forwarded-proto": "http",
    },
    body: hasBody ? request.raw : null,
    signal,
  };
}

/** A broken connection is seen before the end of the process behind it; without waiting, the replay would find it again. */
async function seeItEnd(worker: Worker): Promise<void> {
  await Promise.race([worker.exited, new Promise((resolve) => setTimeout(resolve, 100))]);
}

function sendFailure(reply: FastifyReply, error: unknown, options: ForwardOptions): FastifyReply {
  if (error instanceof FunctionMissing) {
    return sendFunctionError(reply, 404, "NOT_FOUND", "Requested function was not found");
  }
  if (error instanceof BootError) {
    if (error.retryAfterSeconds > 0) reply.header("retry-after", error.retryAfterSeconds);
    return sendFunctionError(reply, 503, "BOOT_ERROR", error.message);
  }
  if (error instanceof OutOfTime) {
    const message = `Function did not respond within ${options.timeoutMs / 1_000} s`;
    return sendFunctionError(reply, 504, "IDLE_TIMEOUT", message);
  }
  return sendFunctionError(reply, 502, "WORKER_ERROR", "Function exited due to an error (please check logs)");
}
