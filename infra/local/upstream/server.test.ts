import { describe, expect, it } from "vitest";
import { buildUpstream } from "./server.ts";

const url = "/v1beta/models/gemini-2.5-flash:generateContent";

function setup() {
  const server = buildUpstream();
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

  it("writes cards of the facts in the prompt when it is asked for cards", async () => {
    const { server } = setup();
    const parts = [{ text: 'Make flashcards.\nformat: "PNG"\nsize: "640 x 480 pixels"' }];
    const response = await server.inject({
      method: "POST",
      url,
      headers: { "x-goog-api-key": "some-key" },
      payload: {
        contents: [
          { role: "user", parts: [...parts, { inlineData: { mimeType: "image/jpeg", data: "/9j/" } }] },
        ],
        generationConfig: { responseSchema: { type: "OBJECT", properties: { cards: { type: "ARRAY" } } } },
      },
    });
    expect(JSON.parse(response.json().candidates[0].content.parts[0].text)).toEqual({
      cards: [
        { front: "The file's format?", back: "PNG" },
        { front: "The file's size?", back: "640 x 480 pixels" },
      ],
    });
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

describe("application stand-in", () => {
  function setup() {
    const server = buildUpstream();
    const ask = (key: string, payload: object) =>
      server.inject({
        method: "POST",
        url: "/api/process-image",
        headers: { "idempotency-key": key },
        payload: { jobId: key, jobType: "generate-image", payload },
      });
    const requests = async (key: string) =>
      (await server.inject(`/api/process-image/requests?key=${key}`)).json();
    return { server, ask, requests };
  }

  it("makes one image for a key, however often it is asked", async () => {
    const { ask, requests } = setup();
    const first = await ask("a", { prompt: "a fox" });
    expect(first.json()).toMatchObject({ success: true, imageUrl: expect.stringMatching(/^https:/) });
    expect((await ask("a", { prompt: "a fox" })).body).toBe(first.body);
    expect((await ask("b", { prompt: "a fox" })).body).not.toBe(first.body);
    expect(await requests("a")).toEqual({ requests: 2, generated: true });
  });

  it("fails as often as a payload says", async () => {
    const { ask, requests } = setup();
    const payload = { prompt: "a fox", simulate: { failures: 1, status: 502 } };
    const first = await ask("a", payload);
    expect([first.statusCode, first.json().error]).toEqual([502, 'The image of "a fox" was told to fail.']);
    expect(await requests("a")).toEqual({ requests: 1, generated: false });
    expect((await ask("a", payload)).statusCode).toBe(200);
  });

  it("fails every n-th request once told to", async () => {
    const { server, ask } = setup();
    await server.inject({ method: "PUT", url: "/control/process-image", payload: { failEvery: 1 } });
    expect((await ask("a", { prompt: "a fox" })).statusCode).toBe(503);
  });

  it("refuses a request without a prompt or a key", async () => {
    const { server, ask } = setup();
    expect((await ask("a", {})).json().error).toContain("payload.prompt");
    const keyless = await server.inject({ method: "POST", url: "/api/process-image", payload: {} });
    expect(keyless.json()).toEqual({ error: "Idempotency-Key is missing" });
  });
});

describe("receiver of alerts", () => {
  function setup() {
    const server = buildUpstream();
    const send = (payload: string) =>
      server.inject({
        method: "POST",
        url: "/alert",
        headers: { "content-type": "application/json", "webhook-id": "msg_1" },
        payload,
      });
    const alerts = async () => (await server.inject("/alerts")).json();
    return { server, send, alerts };
  }

  it("keeps the last hundred, with the text and the headers of their signature", async () => {
    const { send, alerts } = setup();
    for (let number = 0; number <= 100; number += 1) await send(`{ "number": ${number} }`);
    const received = await alerts();
    expect(received).toHaveLength(100);
    expect(received[0]).toMatchObject({
      headers: { "webhook-id": "msg_1" },
      text: '{ "number": 1 }',
      body: { number: 1 },
    });
  });

  it("does not keep what it was told to fail", async () => {
    const { server, send, alerts } = setup();
    await server.inject({ method: "PUT", url: "/control/alert", payload: { failEvery: 2 } });
    expect([(await send("{}")).statusCode, (await send("{}")).statusCode]).toEqual([204, 503]);
    expect(await alerts()).toHaveLength(1);
  });

  it("keeps what each sender of alerts sends apart", async () => {
    const { server, alerts } = setup();
    await server.inject({ method: "POST", url: "/notification", payload: { receiver: "webhook" } });
    expect(await alerts()).toEqual([]);
    expect((await server.inject("/notifications")).json()).toMatchObject([{ body: { receiver: "webhook" } }]);
  });

  it("refuses what is not JSON", async () => {
    expect((await setup().send("hello")).statusCode).toBe(400);
  });
});
