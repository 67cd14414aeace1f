import { redact } from "./redact.ts";

export interface PostOptions {
  /** What errors call the service, as in "Gemini". */
  readonly service: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly fetch: typeof fetch;
  /** Credentials that no error may repeat. */
  readonly secrets?: readonly string[];
}

/**
 * Sends JSON to a service and returns its answer, whatever it is. Throws the signal's reason when it was aborted, and an
 * ordinary error, so that the job is tried again, when there is no answer.
 */
export async function postJson(options: PostOptions): Promise<Response> {
  const { service, url, headers, body, signal, timeoutMs, fetch, secrets } = options;
  try {
    return await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DOMException && error.name === "TimeoutError") {
      throw new Error(`${service} did not answer within ${timeoutMs} ms`);
    }
    throw new Error(`${service} cannot be reached: ${redact(String(error), secrets)}`);
  }
}
