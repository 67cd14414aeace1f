import { Buffer } from "node:buffer";
import { z } from "npm:zod@4.6.7";
import { postJson } from "../post-json.ts";
import { redact } from "../redact.ts";
import { PermanentError } from "../worker.ts";

export interface GeminiOptions {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: string;
  readonly timeoutMs: number;
  readonly fetch: typeof fetch;
}

export interface GenerateRequest {
  readonly prompt: string;
  /** An image that the prompt is about. */
  readonly image?: { readonly mimeType: string; readonly bytes: Uint8Array };
  /** The form of the answer, in the API's own schema language. */
  readonly responseSchema: Record<string, unknown>;
  readonly signal: AbortSignal;
}

/** A wait the API asks for is kept within the attempt up to this length; a longer one is left to the queue's backoff. */
const longestRetryAfterMs = 10_000;

const answer = z.object({
  candidates: z
    .array(
      z.object({
        content: z
          .object({ parts: z.array(z.object({ text: z.string().optional() })).default([]) })
          .optional(),
        finishReason: z.string().optional(),
      }),
    )
    .default([]),
  promptFeedback: z.object({ blockReason: z.string().optional() }).optional(),
});

const failure = z.object({ error: z.object({ message: z.string(), status: z.string().optional() }) });

/**
 * One call of `generateContent`; returns the generated text. Throws a `PermanentError` when the key, the request or
 * the topic is refused, and an ordinary error when another attempt may help (429, 5xx, network, timeout, no text).
 */
export async function generateContent(options: GeminiOptions, request: GenerateRequest): Promise<string> {
  let response = await send(options, request);
  const retryAfterMs = retryAfter(response);
  if (response.status === 429 && retryAfterMs !== null && retryAfterMs <= longestRetryAfterMs) {
    await response.body?.cancel();
    await wait(retryAfterMs, request.signal);
    response = await send(options, request);
  }
  if (!response.ok) throw await refusal(response, options.apiKey);
  return textOf(answer.parse(await response.json()));
}

function send(options: GeminiOptions, request: GenerateRequest): Promise<Response> {
  const { baseUrl, model, apiKey, timeoutMs, fetch } = options;
  const { prompt, image, responseSchema, signal } = request;
  return postJson({
    service: "Gemini",
    url: `${baseUrl}/v1beta/models/${encodeURIComponent(model)}:generateContent`,
    headers: { "x-goog-api-key": apiKey },
    body: {
      contents: [{ role: "user", parts: [{ text: prompt }, ...(image ? [imagePart(image)] : [])] }],
      generationConfig: { responseMimeType: "application/json", responseSchema },
    },
    signal,
    timeoutMs,
    fetch,
    secrets: [apiKey],
  });
}

function imagePart({ mimeType, bytes }: NonNullable<GenerateRequest["image"]>): object {
  return { inlineData: { mimeType, data: Buffer.from(bytes).toString("base64") } };
}

/** Seconds, as the API sends it; a date is not expected and ignored. */
function retryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

async function refusal(response: Response, apiKey: string): Promise<Error> {
  const body = failure.safeParse(await response.json().catch(() => null));
  const said = body.success ? `: ${body.data.error.message}` : "";
  const message = redact(`Gemini answered ${response.status}${said}`, [apiKey]);
  const mayPass = response.status === 408 || response.status === 429 || response.status >= 500;
  return mayPass ? new Error(message) : new PermanentError(message);
}

function textOf({ candidates, promptFeedback }: z.infer<typeof answer>): string {
  const [candidate] = candidates;
  const text = (candidate?.content?.parts ?? []).map((part) => part.text ?? "").join("");
  if (text !== "") return text;
  const blocked = promptFeedback?.blockReason;
  if (blocked !== undefined) throw new PermanentError(`Gemini refused the topic: ${blocked}`);
  throw new Error(`Gemini gave no text (finish reason: ${candidate?.finishReason ?? "none"})`);
}
