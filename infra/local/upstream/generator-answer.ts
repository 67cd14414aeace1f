import type { Failure } from "./controlled.ts";
import { writeCards } from "./write-cards.ts";
import { writeStory } from "./write-story.ts";

/** One kind of answer, as it is counted. */
export type Outcome = "generated" | "failed" | "invalidKey" | "invalidRequest";

export interface Answer {
  outcome: Outcome;
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

export interface GenerateRequest {
  model: string;
  apiKey: string | undefined;
  body: unknown;
}

/** Answers like `generateContent` of the Gemini API: same success, same error bodies. Depends on nothing else. */
export function answerGenerate({ model, apiKey, body }: GenerateRequest): Answer {
  if (apiKey === undefined || apiKey === "" || apiKey === "invalid-key") return invalidKey();
  const prompt = promptOf(body);
  return prompt === "" ? invalidRequest() : generated(model, prompt, asksForCards(body));
}

/** The failure that the generator was told to answer with. */
export function answerFailure({ status, headers }: Failure): Answer {
  return { ...error("failed", status, "The generator was told to fail.", "UNAVAILABLE"), headers };
}

function generated(model: string, prompt: string, cards: boolean): Answer {
  const text = JSON.stringify(cards ? writeCards(prompt) : writeStory(prompt));
  const promptTokenCount = Math.ceil(prompt.length / 4);
  const candidatesTokenCount = Math.ceil(text.length / 4);
  return answer("generated", 200, {
    candidates: [{ content: { parts: [{ text }], role: "model" }, finishReason: "STOP", index: 0 }],
    usageMetadata: {
      promptTokenCount,
      candidatesTokenCount,
      totalTokenCount: promptTokenCount + candidatesTokenCount,
    },
    modelVersion: model,
  });
}

function invalidKey(): Answer {
  const message = "API key not valid. Please pass a valid API key.";
  return error("invalidKey", 400, message, "INVALID_ARGUMENT", [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "API_KEY_INVALID",
      domain: "googleapis.com",
      metadata: { service: "generativelanguage.googleapis.com" },
    },
  ]);
}

function invalidRequest(): Answer {
  const message = "* GenerateContentRequest.contents: contents is not specified";
  return error("invalidRequest", 400, message, "INVALID_ARGUMENT");
}

function error(outcome: Outcome, code: number, message: string, status: string, details?: unknown[]): Answer {
  return answer(outcome, code, { error: { code, message, status, ...(details && { details }) } });
}

function answer(outcome: Outcome, status: number, body: unknown): Answer {
  return { outcome, status, headers: {}, body };
}

/** All text parts of the request, in order; empty when it has another form. */
function promptOf(body: unknown): string {
  const contents = (body as { contents?: unknown } | null)?.contents;
  if (!Array.isArray(contents)) return "";
  const parts = contents.flatMap((content) => (Array.isArray(content?.parts) ? content.parts : []));
  return parts.map((part) => (typeof part?.text === "string" ? part.text : "")).join("\n");
}

/** Whether the answer is to have the form of cards; a story otherwise. */
function asksForCards(body: unknown): boolean {
  const config = (body as { generationConfig?: { responseSchema?: { properties?: object } } })
    .generationConfig;
  return Object.hasOwn(config?.responseSchema?.properties ?? {}, "cards");
}
