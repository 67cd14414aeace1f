import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { freePort } from "../../../test/support/free-port.ts";
import { type Fault, type FaultyApi, startFaultyApi } from "../testing/faulty-api.ts";
import { NOTHING } from "./api-answer.ts";
import { ApiClient } from "./api-client.ts";

const TOKEN = `sbp_${"0a1b2c3d".repeat(5)}`;
const CANARY = "canary-value-5b19f0-long-enough";

let api: FaultyApi;
/** Milliseconds that the client waited, without anybody waiting. */
let waits: number[];
let now: number;
let client: ApiClient;

beforeEach(async () => {
  api = await startFaultyApi();
  waits = [];
  now = Date.parse("2026-01-01T00:00:00Z");
  const clock = {
    now: () => now,
    pause: async (ms: number) => {
      waits.push(ms);
      now += ms;
    },
  };
  const timeoutMs = 500;
  client = new ApiClient({ apiUrl: `${api.url}/`, projectRef: "r", accessToken: TOKEN, timeoutMs, clock });
});
afterEach(() => api.close());

/** One after the other, the last one for ever. */
function misbehave(...faults: (Fault | undefined)[]): void {
  api.fault = () => (faults.length > 1 ? faults.shift() : faults[0]);
}

const get = () => client.request({ method: "GET", path: "/secrets", answer: z.array(z.unknown()) });
const post = () =>
  client.request({
    method: "POST",
    path: "/secrets",
    body: JSON.stringify([{ name: "A", value: CANARY }]),
    answer: NOTHING,
    secrets: [CANARY],
  });
const remove = () => client.request({ method: "DELETE", path: "/secrets", body: '["A"]', answer: NOTHING });
const GET = "management api: GET /v1/projects/r/secrets";
const POST = "management api: POST /v1/projects/r/secrets";
const DONE = "it may have been carried out all the same, which the next deployment finds out";

describe("ApiClient", () => {
  it("asks below the project, with the token", async () => {
    expect(await get()).toEqual([]);
    expect(api.requests).toEqual(["GET /v1/projects/r/secrets"]);
  });

  it("takes an empty answer for done", async () => {
    misbehave({ answer: 201 });
    expect(await post()).toBeUndefined();
  });

  it.each([
    [401, "the access token was refused; make one in the account's settings and set accessToken to it"],
    [402, "the project's plan does not allow this; upgrade it, or delete what is not needed"],
    [403, "the access token may not do this; use one of an account that may change the project"],
    [404, "check projectRef, and that the account of the access token sees the project"],
    [413, "it is too large for the API; deploy fewer or smaller files"],
    [302, "it leads elsewhere; set apiUrl to the API's own address"],
  ])("says what to do about %d, and does not try again", async (status, advice) => {
    misbehave({ answer: status, body: '{"message":"no"}', headers: { location: "/elsewhere" } });
    await expect(post()).rejects.toMatchObject({ message: `${POST} answered ${status}: no; ${advice}` });
    expect(api.requests).toHaveLength(1);
  });

  it("passes on what the API says about a request it does not like", async () => {
    misbehave({ answer: 400, body: '{"message":"too many secrets"}' });
    await expect(post()).rejects.toMatchObject({ message: `${POST} answered 400: too many secrets` });
  });
});

describe("ApiClient tries again", () => {
  it.each([
    ["GET", get],
    ["DELETE", remove],
  ])("%s when the server has a fault, with growing waits", async (_method, request) => {
    misbehave({ answer: 503 }, { answer: 500 }, "hang up", undefined);
    await request();
    expect(api.requests).toHaveLength(4);
    expect(waits).toHaveLength(3);
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(100 * 2 ** index);
      expect(wait).toBeLessThanOrEqual(200 * 2 ** index);
    }
  });

  it.each([
    [
      "a fault",
      { answer: 500, body: '{"message":"boom"}' },
      `${POST} answered 500: boom; the API has a fault; try again later; ${DONE}`,
    ],
    [
      "no answer",
      "hang up",
      `failed: other side closed; check apiUrl and the network, and try again; ${DONE}`,
    ],
  ] satisfies [string, Fault, string][])(
    "no POST after %s, for it might then happen twice",
    async (_case, fault, message) => {
      misbehave(fault);
      await expect(post()).rejects.toThrow(message);
      expect(api.requests).toHaveLength(1);
    },
  );

  it("everything that was refused for its rate, as late as it is told to", async () => {
    misbehave({ answer: 429, headers: { "retry-after": "7" } }, { answer: 201 });
    await post();
    expect(waits).toEqual([7_000]);
    expect(api.requests).toHaveLength(2);
  });

  it("at the time that it is told", async () => {
    const at = new Date(now + 9_000).toUTCString();
    misbehave({ answer: 429, headers: { "retry-after": at } }, { answer: 201 });
    await post();
    expect(waits).toEqual([9_000]);
  });

  it.each(["86400", "Thu, 01 Jan 2099 00:00:00 GMT"])(
    "within a minute, also when told %s",
    async (header) => {
      misbehave({ answer: 429, headers: { "retry-after": header } }, { answer: 201 });
      await post();
      expect(waits).toEqual([60_000]);
    },
  );

  it.each(["-5", "soon", "Thu, 01 Jan 1970 00:00:00 GMT", ""])("soon when told %j", async (header) => {
    misbehave({ answer: 429, headers: { "retry-after": header } }, { answer: 201 });
    await post();
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeLessThanOrEqual(200);
  });

  it("with the other requests held back meanwhile", async () => {
    let refused = false;
    api.fault = () => {
      if (refused) return undefined;
      refused = true;
      return { answer: 429, headers: { "retry-after": "30" } };
    };
    const begun = now;
    await Promise.all([get(), get()]);
    expect(now - begun).toBeGreaterThanOrEqual(30_000);
    expect(api.requests).toHaveLength(3);
  });

  it("five times, and then says what the API said", async () => {
    misbehave({ answer: 429, body: '{"message":"slow down"}' });
    await expect(get()).rejects.toThrow(
      `${GET} answered 429: slow down; the API still refuses requests after several waits; try again in a minute`,
    );
    expect(api.requests).toHaveLength(6);
  });

  it("no longer than two and a half minutes", async () => {
    misbehave({ answer: 429, headers: { "retry-after": "60" } });
    const begun = now;
    await expect(get()).rejects.toThrow(`${GET} answered 429`);
    expect(now - begun).toBe(120_000);
    expect(api.requests).toHaveLength(3);
  });
});

describe("ApiClient, given something that is no answer,", () => {
  it.each([
    ["a page", "<!doctype html><title>Sign in</title>", "it is a page, not JSON"],
    ["broken JSON", '[{"name": "A"', "it is not JSON"],
    ["nothing", "", "the whole: Invalid input: expected array, received undefined"],
    ["something else", '{"ok": true}', "the whole: Invalid input: expected array, received object"],
  ])("says so about %s with status 200", async (_case, body, problem) => {
    misbehave({ answer: 200, body });
    await expect(get()).rejects.toMatchObject({
      message: `${GET} gave an answer that is not the API's: ${problem}; check apiUrl, and what stands between`,
    });
    expect(api.requests).toHaveLength(1);
  });

  it("does not take a page for done", async () => {
    misbehave({ answer: 200, body: "<html>" });
    await expect(post()).rejects.toThrow(
      `it is a page, not JSON; check apiUrl, and what stands between; ${DONE}`,
    );
  });

  it("shows no page that comes with an error", async () => {
    misbehave({ answer: 403, body: "<html><h1>Blocked</h1></html>" });
    await expect(get()).rejects.toThrow(
      `${GET} answered 403; the access token may not do this; use one of an account that may change the project`,
    );
  });

  it("says that it was cut off", async () => {
    misbehave("half an answer");
    await expect(get()).rejects.toThrow(
      /GET .*\/v1\/projects\/r\/secrets failed: the answer was cut off \(.*\); check apiUrl and the network, and try again$/,
    );
    expect(api.requests).toHaveLength(6);
  });

  it.each(["silence", "endless answer"] as const)("waits for %s only as long as it may", async (fault) => {
    misbehave(fault, undefined);
    expect(await get()).toEqual([]);
    misbehave(fault);
    await expect(post()).rejects.toThrow(
      `failed: there was no complete answer within 0.5 s; check apiUrl and the network, and try again; ${DONE}`,
    );
  });

  it("reads no flood to its end", async () => {
    const patient = new ApiClient({
      apiUrl: api.url,
      projectRef: "r",
      accessToken: TOKEN,
      timeoutMs: 60_000,
    });
    misbehave("flood");
    await expect(patient.request({ method: "POST", path: "/x", answer: NOTHING })).rejects.toThrow(
      "failed: the answer has more than 33554432 bytes",
    );
  });

  it("says so when nobody listens, and that nothing was done", async () => {
    const apiUrl = `http://127.0.0.1:${await freePort()}`;
    const nobody = new ApiClient({ apiUrl, projectRef: "r", accessToken: TOKEN });
    await expect(nobody.request({ method: "POST", path: "/secrets", answer: NOTHING })).rejects.toMatchObject(
      {
        message: `management api: POST ${apiUrl}/v1/projects/r/secrets failed: connect ECONNREFUSED ${apiUrl.slice(7)}; check apiUrl and the network, and try again`,
      },
    );
  });
});

describe("ApiClient keeps secret", () => {
  const body = JSON.stringify([{ name: "A", value: CANARY }]);
  it.each([
    ["the token", { answer: 400, body: JSON.stringify({ message: `bad header Bearer ${TOKEN}` }) }],
    ["the token, cut", { answer: 500, body: JSON.stringify({ message: `Bearer ${TOKEN.slice(0, 30)}...` }) }],
    ["the token behind much else", { answer: 400, body: `${" x".repeat(990)} ${TOKEN}` }],
    ["the body", { answer: 400, body: JSON.stringify({ message: `cannot read ${body}` }) }],
    ["the body, as it came", { answer: 400, body }],
    ["the body, cut", { answer: 400, body: body.slice(0, 40) }],
    ["the body, escaped twice", { answer: 500, body: JSON.stringify({ error: JSON.stringify(body) }) }],
    ["a page with the body in it", { answer: 200, body: `<p>${body}</p>` }],
    ["an answer that is the body", { answer: 200, body: `${body}}` }],
  ] satisfies [string, Fault][])("%s that the server repeats", async (_case, fault) => {
    misbehave(fault);
    const error = (await post().catch((failure: Error) => failure)) as Error;
    expect(error.message).toContain(POST);
    expect(error.message).not.toMatch(/canary-value|sbp_0a1b2c3d0a1b2c3d/);
  });

  it("what a redirect would carry elsewhere", async () => {
    const elsewhere = await startFaultyApi();
    misbehave({ answer: 307, headers: { location: `${elsewhere.url}/secrets` } });
    await expect(post()).rejects.toThrow(`${POST} answered 307`);
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });
});

it("ApiClient says which settings it lacks", async () => {
  const ask = (settings: object) =>
    new ApiClient({ apiUrl: "http://127.0.0.1:1", ...settings }).request({
      method: "GET",
      path: "/secrets",
      answer: NOTHING,
    });
  await expect(ask({})).rejects.toThrow(
    "provider jobstack: projectRef and accessToken not given; edge functions and their secrets need both, so set them on the provider",
  );
  await expect(ask({ projectRef: "r" })).rejects.toThrow("provider jobstack: accessToken not given;");
});

it("ApiClient has others gather the longer, the more it asked within a minute", async () => {
  expect(client.gatherMs).toBe(0);
  for (let count = 0; count < 20; count++) await get();
  expect(client.gatherMs).toBe(300);
  now += 60_000;
  expect(client.gatherMs).toBe(0);
});
