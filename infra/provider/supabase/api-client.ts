import { setTimeout as pause } from "node:timers/promises";
import pRetry from "p-retry";
import { type FormData, fetch, type Response } from "undici";
import { UserError } from "../kernel/user-error.ts";
import { ApiError } from "./api-error.ts";

export interface ApiClientOptions {
  projectRef?: string | undefined;
  accessToken?: string | undefined;
  apiUrl: string;
  /** First wait before another try, in milliseconds; doubles with jitter. */
  retryDelayMs?: number;
}

export interface ApiRequest {
  /** JSON text or a form. */
  body?: string | FormData;
  timeoutMs?: number;
  /** 404 is an answer, not an error. */
  mayBeMissing?: boolean;
}

type Method = "GET" | "POST" | "DELETE";

const TIMEOUT_MS = 30_000;
const RETRIES = 5;
const LONGEST_RETRY_AFTER_MS = 60_000;

/** Requests below `/v1/projects/<ref>`, repeated where that cannot do anything twice. */
export class ApiClient {
  readonly #options: ApiClientOptions;
  readonly #gets = new Map<string, Promise<unknown>>();

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  /** Undefined for 404. Requests for the same path at the same time share one answer: the API allows 120 a minute. */
  async getJson<T>(path: string): Promise<T | undefined> {
    const running = this.#gets.get(path) as Promise<T | undefined> | undefined;
    if (running !== undefined) return await running;
    const answer = this.#fetchJson<T>(path).finally(() => {
      if (this.#gets.get(path) === answer) this.#gets.delete(path);
    });
    this.#gets.set(path, answer);
    return await answer;
  }

  async send(method: Exclude<Method, "GET">, path: string, request: ApiRequest = {}): Promise<void> {
    const response = await this.#request(method, path, request);
    await response?.body?.cancel();
    // An answer that was asked for before the change must not be taken for one after it.
    this.#gets.clear();
  }

  async #fetchJson<T>(path: string): Promise<T | undefined> {
    const response = await this.#request("GET", path, { mayBeMissing: true });
    return response === undefined ? undefined : ((await response.json()) as T);
  }

  async #request(method: Method, path: string, request: ApiRequest): Promise<Response | undefined> {
    const url = this.#url(path);
    try {
      return await pRetry(() => this.#attempt(method, url, request), {
        retries: RETRIES,
        minTimeout: this.#options.retryDelayMs ?? 500,
        maxTimeout: 10_000,
        randomize: true,
        shouldRetry: ({ error }) => isRetryable(method, error),
        onFailedAttempt: async ({ error, retriesLeft }) => {
          if (retriesLeft > 0 && error instanceof ApiError) await pause(error.retryAfterMs);
        },
      });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404 && request.mayBeMissing) return undefined;
      if (error instanceof ApiError) throw error;
      const reason =
        (error as Error).cause instanceof Error ? (error as { cause: Error }).cause : (error as Error);
      const what = `management api: ${method} ${url.origin}${url.pathname} failed: ${reason.message}`;
      throw new UserError(`${what}; check apiUrl and the network, and try again`, [], { cause: error });
    }
  }

  async #attempt(method: Method, url: URL, { body, timeoutMs }: ApiRequest): Promise<Response> {
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${this.#options.accessToken}`,
        accept: "application/json",
        "user-agent": "jobstack",
        ...(typeof body === "string" && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(timeoutMs ?? TIMEOUT_MS),
    });
    if (response.ok) return response;
    throw new ApiError({
      request: `${method} ${url.pathname}`,
      status: response.status,
      message: messageOf(await response.text()),
      retryAfterMs: retryAfterMs(response.headers.get("retry-after")),
    });
  }

  #url(path: string): URL {
    const { apiUrl, projectRef, accessToken } = this.#options;
    if (projectRef === undefined || accessToken === undefined) {
      const missing = [projectRef ?? "projectRef", accessToken ?? "accessToken"]
        .filter((name) => name === "projectRef" || name === "accessToken")
        .join(" and ");
      throw new UserError(
        `provider jobstack: ${missing} not given; edge functions and their secrets need both, so set them on the provider`,
      );
    }
    return new URL(`${apiUrl.replace(/\/+$/, "")}/v1/projects/${projectRef}${path}`);
  }
}

/** Too many requests: nothing was done. A server error: whether something was done is unknown, so only what may be done twice. */
function isRetryable(method: Method, error: Error): boolean {
  if (error instanceof ApiError) {
    return error.status === 429 || (error.status >= 500 && method !== "POST");
  }
  return method !== "POST";
}

/** Seconds or a date, capped. */
function retryAfterMs(header: string | null): number {
  if (header === null) return 0;
  const wait = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(wait) ? 0 : Math.min(Math.max(wait, 0), LONGEST_RETRY_AFTER_MS);
}

function messageOf(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    return typeof message === "string" ? message : body;
  } catch {
    return body;
  }
}
