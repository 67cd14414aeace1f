/** One row of net.http_request_queue, as sql/take.sql returns it. */
export interface QueuedRequest {
  id: string;
  /** Tells apart two requests that got the same id before and after a crash. */
  version: string;
  /** Upper case. */
  method: string;
  url: string;
  /** Name and value in the order of the jsonb keys. */
  headers: [name: string, value: string][];
  /** The row's headers are no JSON object: only a direct insert can do that. */
  badHeaders: boolean;
  body: Buffer | null;
  /** Zero or less means no limit. */
  timeoutMs: number;
}

/** One row of net._http_response, without id. */
export interface HttpResponse {
  statusCode: number | null;
  contentType: string | null;
  headers: Record<string, string> | null;
  content: string | null;
  timedOut: boolean;
  errorMsg: string | null;
}

/** The response row of a request that got no reply. */
export function failedResponse(errorMsg: string, timedOut = false): HttpResponse {
  return { statusCode: null, contentType: null, headers: null, content: null, timedOut, errorMsg };
}
