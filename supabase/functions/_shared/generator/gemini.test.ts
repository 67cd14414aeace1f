import { describe, expect, it, vi } from "vitest";
import { generateContent } from "./gemini.ts";

const apiKey = "AIzaSyA1234567890abcdefghijklmnopqrstuv";

function reply(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

const answer = (text: string) => ({ candidates: [{ content: { parts: [{ text }] }, finishReason: "STOP" }] });
const refusal = (message: string) => ({ error: { code: 1, message, status: "X" } });

function setup(...replies: (Response | (() => Promise<Response>))[]) {
  const fetch = vi.fn(async (_url: string | URL | Request, _init?: RequestInit) => {
    const next = replies.shift();
    if (next === undefined) throw new Error("one request too many");
    return typeof next === "function" ? next() : next;
  });
  const options = { baseUrl: "http://generator", model: "gemini-2.5-flash", apiKey, timeoutMs: 1_000, fetch };
  const generate = (signal = new AbortController().signal) =>
    generateContent(options, { prompt: "a story", responseSchema: { type: "OBJECT" }, signal });
  return { fetch, generate, options };
}

describe("generateContent", () => {
  it("sends Gemini's request format, with the key in a header", async () => {
    const { fetch, generate } = setup(reply(200, answer("once")));
    await generate();
    const [url, init] = fetch.mock.calls[0] ?? [];
    expect(url).toBe("http://generator/v1beta/models/gemini-2.5-flash:generateContent");
    expect(init?.headers).toEqual({ "content-type": "application/json", "x-goog-api-key": apiKey });
    expect(JSON.parse(String(init?.body))).toEqual({
      contents: [{ role: "user", parts: [{ text: "a story" }] }],
      generationConfig: { responseMimeType: "application/json", responseSchema: { type: "OBJECT" } },
    });
  });

  it("sends an image beside the prompt", async () => {
    const { fetch, options } = setup(reply(200, answer("a fox")));
    const image = { mimeType: "image/jpeg", bytes: new Uint8Array([255, 216, 255]) };
    const { signal } = new AbortController();
    await generateContent(options, { prompt: "what is this?", image, responseSchema: {}, signal });
    expect(JSON.parse(String(fetch.mock.calls[0]?.[1]?.body)).contents).toEqual([
      {
        role: "user",
        parts: [{ text: "what is this?" }, { inlineData: { mimeType: "image/jpeg", data: "/9j/" } }],
      },
    ]);
  });

  it("joins the parts of the first candidate", async () => {
    const parts = { candidates: [{ content: { parts: [{ text: "once " }, { text: "upon" }] } }] };
    expect(await setup(reply(200, parts)).generate()).toBe("once upon");
  });

  it.each([400, 401, 403, 404])("does not try again after %i", async (status) => {
    const { generate } = setup(reply(status, refusal("API key not valid.")));
    await expect(generate()).rejects.toMatchObject({
      name: "PermanentError",
      message: `Gemini answered ${status}: API key not valid.`,
    });
  });

  it.each([408, 429, 500, 503])("leaves another attempt after %i", async (status) => {
    const { generate } = setup(reply(status, refusal("overloaded")));
    await expect(generate()).rejects.toMatchObject({
      name: "Error",
      message: `Gemini answered ${status}: overloaded`,
    });
  });

  it("understands an error that is not JSON", async () => {
    const { generate } = setup(new Response("<html>", { status: 502 }));
    await expect(generate()).rejects.toMatchObject({ name: "Error", message: "Gemini answered 502" });
  });

  it("waits as long as asked and tries once more", async () => {
    const { generate } = setup(reply(429, {}, { "retry-after": "0" }), reply(200, answer("once")));
    expect(await generate()).toBe("once");
  });

  it("leaves a long wait to the queue", async () => {
    const { fetch, generate } = setup(reply(429, refusal("quota"), { "retry-after": "60" }));
    await expect(generate()).rejects.toThrow("Gemini answered 429: quota");
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it("leaves another attempt when the network fails", async () => {
    const { generate } = setup(() => Promise.reject(new TypeError(`refused ${apiKey}`)));
    await expect(generate()).rejects.toMatchObject({
      name: "Error",
      message: "Gemini cannot be reached: TypeError: refused [redacted]",
    });
  });

  it("leaves another attempt when there is no answer in time", async () => {
    const { generate } = setup(() => Promise.reject(new DOMException("late", "TimeoutError")));
    await expect(generate()).rejects.toThrow("Gemini did not answer within 1000 ms");
  });

  it("passes on why it was aborted", async () => {
    const controller = new AbortController();
    const { generate } = setup(async () => {
      controller.abort(new Error("stopped"));
      throw new DOMException("aborted", "AbortError");
    });
    await expect(generate(controller.signal)).rejects.toThrow("stopped");
  });

  it("does not try again when the topic is refused", async () => {
    const { generate } = setup(reply(200, { promptFeedback: { blockReason: "SAFETY" } }));
    await expect(generate()).rejects.toMatchObject({
      name: "PermanentError",
      message: "Gemini refused the topic: SAFETY",
    });
  });

  it("leaves another attempt when there is no text", async () => {
    const { generate } = setup(reply(200, { candidates: [{ finishReason: "MAX_TOKENS" }] }));
    await expect(generate()).rejects.toMatchObject({
      name: "Error",
      message: "Gemini gave no text (finish reason: MAX_TOKENS)",
    });
  });

  it("never names the key", async () => {
    const { generate } = setup(reply(400, refusal(`key ${apiKey} is bad`)));
    await expect(generate()).rejects.toThrow("Gemini answered 400: key [redacted] is bad");
  });
});
