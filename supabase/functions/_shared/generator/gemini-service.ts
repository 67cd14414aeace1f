import type { GeminiOptions } from "./gemini.ts";

/** What a function's environment says of the generator. */
export interface GeminiVariables {
  readonly baseUrl: string | undefined;
  readonly model: string | undefined;
}

/** The generator of a deployed function; what its environment leaves open is as Google runs it. */
export function geminiService({ baseUrl, model }: GeminiVariables): Omit<GeminiOptions, "apiKey"> {
  return {
    baseUrl: baseUrl ?? "https://generativelanguage.googleapis.com",
    model: model ?? "gemini-2.5-flash",
    timeoutMs: 40_000,
    fetch,
  };
}
