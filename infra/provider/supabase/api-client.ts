import { setTimeout as pause } from "node:timers/promises";
import { type FormData, fetch, type Response } from "undici";
import type { z } from "zod";
import { UserError } from "../kernel/user-error.ts";
import { type FileForm, messageOf, NOTHING, parseAnswer, parseForm, readBody } from "./api-answer.ts";
import { ApiError, NoAnswerError, StrangeAnswerError } from "./api-error.ts";
import { concealSecrets } from "./conceal-secrets.ts";

export interface ApiClientOptions {
  projectRef?: string | undefined;
  accessToken?: string | undefined;
  apiUrl: string;
  /** How long one try may take. */
  timeoutMs?: number;
  clock?: Clock;
}

/** Time, in milliseconds. */
export interface Clock {
  now(): number;
  pause(ms: number): Promise<unknown>;
}

export interface ApiRequest<T> {
  method: "GET" | "POST" | "DELETE";
  /** Below the project. */
  path: string;
  /** JSON text or a form. */
  body?: string | FormData;
  /** What the answer must be. */
  answer: z.ZodType<T>;
  /** How many times longer than others it may take. */
  patience?: number;
  /** What the body holds that no message may repeat. */
  secrets?: readonly string[];
}

interface Answer {
  url: URL;
  body: Buffer;
  contentType: string;
}

const TIMEOUT_MS = 30_000;
const RETRIES = 5;
const FIRST_WAIT_MS = 200;
/** The API counts by the minute. */
const LONGEST_RETRY_AFTER_MS = 60_000;
/** No further try is begun later than this. */
const RETRY_FOR_MS = 150_000;
const MINUTE_MS = 60_000;
/** Of 120 requests a minute, this leaves about half to whoever else uses the account. */
const GATHER_MS_PER_REQUEST = 15;

/** Requests below `/v1/projects/<ref>`, tried again where that cannot do anything twice, and never for ever. */
export class ApiClient {
  readonly #options: ApiClientOptions;
  readonly #clock: Clock;
  /** Asked to slow down, all requests wait: the limit is the account's. */
  #resumeAt = 0;
  /** When the requests of the last minute were sent. */
  #sentAt: number[] = [];

  constructor(options: ApiClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? { now: Date.now, pause };
  }

  async request<T>(request: ApiRequest<T>): Promise<T> {
    const { url, body } = await this.#askUntilAnswered(request, "application/json");
    const answer = parseAnswer(body.toString("utf8"), request.answer);
    if ("value" in answer) return answer.value;
    const name = `${request.method} ${url.pathname}`;
    throw new StrangeAnswerError(name, answer.problem, request.method === "POST");
  }

  /** The files of an answer that is a multipart form. */
  async getFiles(path: string): Promise<FileForm> {
    const request = { method: "GET", path, answer: NOTHING } as const;
    const { url, body, contentType } = await this.#askUntilAnswered(request, "multipart/form-data");
    const files = await parseForm(body, contentType);
    if (files !== undefined) return files;
    throw new StrangeAnswerError(`GET ${url.pathname}`, "it is not a form of files", false);
  }

  async #askUntilAnswered(request: ApiRequest<unknown>, accept: string): Promise<Answer> {
    const url = this.#url(request.path);
    const giveUpAt = this.#clock.now() + RETRY_FOR_MS;
    for (let tries = 1; ; tries++) {
      while (this.#resumeAt > this.#clock.now()) await this.#clock.pause(this.#resumeAt - this.#clock.now());
      try {
        return await this.#try(url, request, accept);
      } catch (error) {
        if (tries > RETRIES || !mayTryAgain(request, error)) throw error;
        const wait = this.#waitAfter(tries, error);
        if (this.#clock.now() + wait > giveUpAt) throw error;
        await this.#clock.pause(wait);
      }
    }
  }

  /** How long to gather what can go in one request, in milliseconds: the more requests there were, the longer. */
  get gatherMs(): number {
    const now = this.#clock.now();
    this.#sentAt = this.#sentAt.filter((at) => at > now - MINUTE_MS);
    return this.#sentAt.length * GATHER_MS_PER_REQUEST;
  }

  async #try(url: URL, request: ApiRequest<unknown>, accept: string): Promise<Answer> {
    const timeoutMs = (this.#options.timeoutMs ?? TIMEOUT_MS) * (request.patience ?? 1);
    const changes = request.method === "POST";
    this.#sentAt.push(this.#clock.now());
    let response: Response;
    let body: Buffer;
    try {
      response = await this.#send(url, request, accept, AbortSignal.timeout(timeoutMs));
      body = await readBody(response);
    } catch (cause) {
      const where = `${request.method} ${url.origin}${url.pathname}`;
      throw new NoAnswerError(where, reasonOf(cause, timeoutMs), changes && !neverArrived(cause), cause);
    }
    if (!response.ok) throw this.#refusal(url, response, body.toString("utf8"), request);
    return { url, body, contentType: response.headers.get("content-type") ?? "" };
  }

  async #send(
    url: URL,
    { method, body }: ApiRequest<unknown>,
    accept: string,
    signal: AbortSignal,
  ): Promise<Response> {
    return await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${this.#options.accessToken}`,
        accept,
        "user-agent": "jobstack",
        ...(typeof body === "string" && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body }),
      // A redirect would carry secrets to wherever it leads.
      redirect: "manual",
      signal,
    });
  }

  #refusal(url: URL, response: Response, text: string, request: ApiRequest<unknown>): ApiError {
    const { accessToken = "" } = this.#options;
    return new ApiError({
      request: `${request.method} ${url.pathname}`,
      status: response.status,
      message: concealSecrets(messageOf(text), [accessToken, ...(request.secrets ?? [])]),
      retryAfterMs: retryAfterMs(response.headers.get("retry-after"), this.#clock.now()),
      mayBeDone: request.method === "POST" && response.status >= 500,
    });
  }

  /** Doubles with jitter, like the CLI's. */
  #waitAfter(tries: number, error: unknown): number {
    const backoff = FIRST_WAIT_MS * 2 ** (tries - 1) * (0.5 + Math.random() / 2);
    if (!(error instanceof ApiError)) return backoff;
    const wait = Math.max(backoff, error.retryAfterMs);
    if (error.status === 429) this.#resumeAt = Math.max(this.#resumeAt, this.#clock.now() + wait);
    return wait;
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

/** Too many requests: nothing was done. A fault, or silence: something may have been, so only what may be done twice. */
function mayTryAgain({ method }: ApiRequest<unknown>, error: unknown): boolean {
  if (error instanceof ApiError && error.status === 429) return true;
  const fault = error instanceof NoAnswerError || (error instanceof ApiError && error.status >= 500);
  return fault && method !== "POST";
}

/** Seconds or a date, capped. */
function retryAfterMs(header: string | null, now: number): number {
  if (header === null) return 0;
  const wait = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? 0 : Math.min(Math.max(wait, 0), LONGEST_RETRY_AFTER_MS);
}

function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, message, cause } = error as Error;
  if (name === "TimeoutError") return `there was no complete answer within ${timeoutMs / 1_000} s`;
  const reason = cause instanceof Error ? cause.message : message;
  return message === "terminated" ? `the answer was cut off (${reason})` : reason;
}

function neverArrived(error: unknown): boolean {
  const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
  return ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"].includes(code ?? "");
}
