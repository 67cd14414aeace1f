import { describe, expect, it } from "vitest";
import { buildGenerator } from "./server.ts";

const url = "/v1beta/models/gemini-2.5-flash:generateContent";

function setup() {
  const server = buildGenerator();
  const generate = (prompt: string, apiKey = "some-key") =>
    server.inject({
      method: "POST",
      url,
      headers: { "x-goog-api-key": apiKey },
      payload: { contents: [{ role: "user", parts: [{ text: prompt }] }] },
    });
  const control = (payload: object) => server.inject({ method: "PUT", url: "/control", payload });
  const stats = async () => (await server.inject("/stats")).json();
  return { server, generate, control, stats };
}

describe("generator stand-in", () => {
  it("answers in Gemini's form with a story as JSON text", async () => {
    const { generate } = setup();
    const response = await generate("a story about a fox");
    const [candidate] = response.json().candidates;
    expect(response.statusCode).toBe(200);
    expect(candidate.finishReason).toBe("STOP");
    expect(Object.keys(JSON.parse(candidate.content.parts[0].text))).toEqual([
      "title",
      "story",
      "vocabulary",
    ]);
  });

  it("gives the same story for the same prompt and another for another", async () => {
    const { generate } = setup();
    const [first, again, other] = await Promise.all([generate("one"), generate("one"), generate("two")]);
    expect(again?.body).toBe(first?.body);
    expect(other?.body).not.toBe(first?.body);
  });

  it.each(["", "invalid-key"])("refuses the key %j as Gemini does", async (apiKey) => {
    const { generate } = setup();
    const response = await generate("a story", apiKey);
    expect(response.statusCode).toBe(400);
    expect(response.json().error).toMatchObject({
      message: "API key not valid. Please pass a valid API key.",
      status: "INVALID_ARGUMENT",
      details: [{ reason: "API_KEY_INVALID" }],
    });
  });

  it("refuses a request without contents", async () => {
    const { server } = setup();
    const headers = { "x-goog-api-key": "some-key" };
    const response = await server.inject({ method: "POST", url, headers, payload: {} });
    expect(response.statusCode).toBe(400);
  });

  it("fails every n-th request once told to", async () => {
    const { generate, control } = setup();
    await control({ failEvery: 2, status: 429, retryAfterSeconds: 7 });
    const first = await generate("a story");
    const second = await generate("a story");
    expect([first.statusCode, second.statusCode]).toEqual([200, 429]);
    expect(second.headers["retry-after"]).toBe("7");
  });

  it("counts requests by their outcome", async () => {
    const { generate, stats } = setup();
    await generate("a story");
    await generate("a story", "invalid-key");
    expect(await stats()).toEqual({
      requests: 2,
      byOutcome: { generated: 1, failed: 0, invalidKey: 1, invalidRequest: 0 },
    });
  });

  it("refuses unknown settings and keeps the old ones", async () => {
    const { server, control } = setup();
    const response = await control({ latencyMs: -1, slow: true });
    expect(response.statusCode).toBe(400);
    expect(response.json().message).toContain(
      'latencyMs: Too small: expected number to be >=0; body: Unrecognized key: "slow"',
    );
    expect((await server.inject("/control")).json().latencyMs).toBe(0);
  });

  it("answers 404 for other calls of the API", async () => {
    const { server } = setup();
    const response = await server.inject({
      method: "POST",
      url: "/v1beta/models/gemini-2.5-flash:countTokens",
    });
    expect(response.statusCode).toBe(404);
  });
});
