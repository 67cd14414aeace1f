import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import getPort from "get-port";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiClient } from "./api-client.ts";

type Answer = [status: number, body?: unknown, headers?: Record<string, string>];

let server: Server;
let requests: string[];
let answers: Answer[];
let client: ApiClient;

beforeEach(async () => {
  requests = [];
  answers = [];
  server = createServer(reply).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  client = new ApiClient({ apiUrl, projectRef: "r", accessToken: "sbp_x", retryDelayMs: 1 });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Gives the answers one after the other, the last one for ever. */
function reply(request: IncomingMessage, response: ServerResponse): void {
  requests.push(`${request.method} ${request.url} ${request.headers.authorization}`);
  const [status, body, headers] = answers.length > 1 ? (answers.shift() as Answer) : (answers[0] as Answer);
  response.writeHead(status, headers).end(body === undefined ? "" : JSON.stringify(body));
}

describe("ApiClient", () => {
  it("asks below the project, with the token", async () => {
    answers = [[200, [1]]];
    expect(await client.getJson("/secrets")).toEqual([1]);
    expect(requests).toEqual(["GET /v1/projects/r/secrets Bearer sbp_x"]);
  });

  it("takes 404 for the answer that there is none", async () => {
    answers = [[404, { message: "no such function" }]];
    expect(await client.getJson("/functions/x")).toBeUndefined();
    await client.send("DELETE", "/functions/x", { mayBeMissing: true });
  });

  it("shares one answer among those who ask at the same time, and asks anew after a change", async () => {
    answers = [[200, []]];
    await Promise.all([client.getJson("/secrets"), client.getJson("/secrets")]);
    expect(requests).toHaveLength(1);
    const before = client.getJson("/secrets");
    await client.send("POST", "/secrets", { body: "[]" });
    await Promise.all([before, client.getJson("/secrets")]);
    expect(requests).toHaveLength(4);
  });

  it.each(["GET", "DELETE"] as const)("tries %s again when the server has a fault", async (method) => {
    answers = [[503], [500], [200, {}]];
    await (method === "GET" ? client.getJson("/x") : client.send(method, "/x"));
    expect(requests).toHaveLength(3);
  });

  it("tries nothing again that might then happen twice", async () => {
    answers = [[500, { message: "boom" }]];
    await expect(client.send("POST", "/functions/deploy?slug=a")).rejects.toThrow(
      "management api: POST /v1/projects/r/functions/deploy answered 500: boom; the API has a fault; try again later",
    );
    expect(requests).toHaveLength(1);
  });

  it("tries everything again when it is asked to slow down", async () => {
    answers = [[429, {}, { "retry-after": "0" }], [429], [201]];
    await client.send("POST", "/secrets", { body: "[]" });
    expect(requests).toHaveLength(3);
  });

  it("gives up after five more tries", async () => {
    answers = [[429, { message: "slow down" }]];
    await expect(client.getJson("/secrets")).rejects.toThrow(
      "management api: GET /v1/projects/r/secrets answered 429: slow down; the API still refuses requests after several waits; try again in a minute",
    );
    expect(requests).toHaveLength(6);
  });

  it.each([
    [401, "the access token was refused; make one in the account's settings and set accessToken to it"],
    [402, "the project's plan does not allow this; upgrade it, or delete what is not needed"],
    [403, "the access token may not do this; use one of an account that may change the project"],
    [404, "check projectRef, and that the account of the access token sees the project"],
  ])("says what to do about %d, and does not try again", async (status, advice) => {
    answers = [[status, { message: "no" }]];
    await expect(client.send("POST", "/secrets", { body: "[]" })).rejects.toThrow(
      `management api: POST /v1/projects/r/secrets answered ${status}: no; ${advice}`,
    );
    expect(requests).toHaveLength(1);
  });

  it("says so when nobody listens", async () => {
    const apiUrl = `http://127.0.0.1:${await getPort()}`;
    const nobody = new ApiClient({
      apiUrl,
      projectRef: "r",
      accessToken: "t",
      retryDelayMs: 1,
    });
    await expect(nobody.getJson("/secrets")).rejects.toThrow(
      `management api: GET ${apiUrl}/v1/projects/r/secrets failed: connect ECONNREFUSED ${apiUrl.slice(7)}; check apiUrl and the network, and try again`,
    );
  });

  it("says which settings it lacks", async () => {
    const bare = new ApiClient({ apiUrl: "http://127.0.0.1:1" });
    await expect(bare.getJson("/secrets")).rejects.toThrow(
      "provider jobstack: projectRef and accessToken not given; edge functions and their secrets need both, so set them on the provider",
    );
    const tokenless = new ApiClient({ apiUrl: "http://127.0.0.1:1", projectRef: "r" });
    await expect(tokenless.getJson("/secrets")).rejects.toThrow("provider jobstack: accessToken not given;");
  });
});
