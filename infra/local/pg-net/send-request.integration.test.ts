import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { failedResponse, type QueuedRequest } from "./request.ts";
import { sendRequest } from "./send-request.ts";

interface Seen {
  method: string | undefined;
  url: string | undefined;
  rawHeaders: string[];
  body: string;
}

const servers: net.Server[] = [];
let base: string;
/** Answers with raw bytes and closes. */
let rawBase: string;
let rawReply = "";
let seen: Seen[] = [];

beforeAll(async () => {
  base = await listen(http.createServer(answer));
  rawBase = await listen(
    net.createServer((socket) => socket.once("data", () => socket.end(rawReply, "latin1"))),
  );
});
afterAll(() => {
  for (const server of servers) {
    server.close();
    if (server instanceof http.Server) server.closeAllConnections();
  }
});

test("sends what curl sends for a POST", async () => {
  seen = [];
  const response = await send({
    method: "POST",
    path: "/echo",
    body: '{"a": 1}',
    headers: [["X-Test", "é✓"]],
  });
  expect(response).toMatchObject({ statusCode: 200, timedOut: false, errorMsg: null });
  expect(seen).toEqual([
    {
      method: "POST",
      url: "/echo",
      body: '{"a": 1}',
      rawHeaders: [
        ...["Host", new URL(base).host, "Accept", "*/*", "Content-Type", "application/x-www-form-urlencoded"],
        ...[
          "X-Test",
          Buffer.from("é✓").toString("latin1"),
          "User-Agent",
          "pg_net/0.20.4",
          "Content-Length",
          "8",
        ],
      ],
    },
  ]);
});

test("adds its User-Agent to the user's and lets the user's headers replace the others", async () => {
  seen = [];
  await send({
    path: "/echo",
    headers: [
      ["user-agent", "mine"],
      ["accept", "text/plain"],
      ["host", "elsewhere"],
    ],
  });
  expect(seen[0]?.rawHeaders).toEqual([
    ...["host", "elsewhere", "accept", "text/plain", "User-Agent", "mine", "User-Agent", "pg_net/0.20.4"],
  ]);
});

test("turns user and password of the URL into basic authorization", async () => {
  seen = [];
  await sendRequest(row({ url: base.replace("//", "//us%40er:pa%3Ass@") }));
  const at = seen[0]?.rawHeaders.indexOf("Authorization") ?? -1;
  expect(seen[0]?.rawHeaders[at + 1]).toBe(`Basic ${Buffer.from("us@er:pa:ss").toString("base64")}`);
});

test.each([200, 404, 500])("takes status %i as a response, not as an error", async (status) => {
  expect(await send({ path: `/status/${status}` })).toMatchObject({
    statusCode: status,
    contentType: "text/plain",
    content: `status ${status}`,
    headers: { "X-Case": "kept" },
    errorMsg: null,
  });
});

test("has no content for an empty reply", async () => {
  expect(await send({ path: "/status/204" })).toMatchObject({ statusCode: 204, content: null });
});

test("cuts the content at the first NUL", async () => {
  rawReply = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab\0cd";
  expect(await sendRequest(row({ url: rawBase }))).toMatchObject({ content: "ab" });
});

test("follows redirects and keeps the headers of the first reply", async () => {
  seen = [];
  expect(await send({ method: "POST", path: "/redirect/302", body: "{}" })).toMatchObject({
    statusCode: 200,
    content: "status 200",
    contentType: "text/plain",
    headers: { Location: "/status/200" },
  });
  expect(seen.map(({ method, body }) => [method, body])).toEqual([
    ["POST", "{}"],
    ["GET", ""],
  ]);
});

test("gives up on a redirect loop", async () => {
  expect(await send({ path: "/loop" })).toEqual(failedResponse("Number of redirects hit maximum amount"));
});

test("says where the time went when a reply takes too long", async () => {
  const response = await send({ path: "/silent", timeoutMs: 100 });
  expect(response).toMatchObject({ statusCode: null, timedOut: true });
  expect(response.errorMsg).toMatch(
    /^Timeout of 100 ms reached\. Total time: [\d.]+ ms \(DNS time: [\d.]+ ms, TCP\/SSL handshake time: [\d.]+ ms, HTTP Request\/Response time: [\d.]+ ms\)$/,
  );
});

test("counts a body that never ends as a timeout", async () => {
  expect(await send({ path: "/drip", timeoutMs: 100 })).toMatchObject({ statusCode: null, timedOut: true });
});

test("waits without limit when the timeout is zero or less", async () => {
  expect(await send({ path: "/late", timeoutMs: 0 })).toMatchObject({ statusCode: 200 });
  expect(await send({ path: "/late", timeoutMs: -1 })).toMatchObject({ statusCode: 200 });
});

test("reports a refused connection", async () => {
  const port = await closedPort();
  expect(await sendRequest(row({ url: `http://127.0.0.1:${port}/` }))).toEqual(
    failedResponse("Couldn't connect to server"),
  );
});

test("reports a host name that does not resolve", async () => {
  expect(await sendRequest(row({ url: "http://nowhere.invalid/" }))).toEqual(
    failedResponse("Couldn't resolve host name"),
  );
});

test.each([
  ["ftp://127.0.0.1/x", "Unsupported protocol"],
  ["file:///etc/passwd", "Unsupported protocol"],
  ["garbage", "URL using bad/illegal format or missing URL"],
])("does not send to %s", async (url, message) => {
  expect(await sendRequest(row({ url }))).toEqual(failedResponse(message));
});

test.each([
  ["", "Server returned nothing (no headers, no data)"],
  ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "Transferred a partial file"],
  ["hello\r\n", "Unsupported protocol"],
])("reports the reply %j as: %s", async (reply, message) => {
  rawReply = reply;
  expect(await sendRequest(row({ url: rawBase }))).toEqual(failedResponse(message));
});

test("accepts control characters in a reply's header", async () => {
  rawReply = "HTTP/1.1 200 OK\r\nOdd: a\x01b\r\nOdd: last\x02\r\nContent-Length: 0\r\n\r\n";
  expect(await sendRequest(row({ url: rawBase }))).toMatchObject({
    statusCode: 200,
    headers: { Odd: "last\x02" },
  });
});

test("refuses a header that would inject another one, without showing its value", async () => {
  expect(await send({ path: "/", headers: [["X-Test", "secret\r\nInjected: yes"]] })).toEqual(
    failedResponse('header "X-Test" contains a carriage return or line feed'),
  );
});

test("refuses headers that HTTP cannot carry", async () => {
  expect(await send({ path: "/", headers: [["bad name", "x"]] })).toEqual(
    failedResponse("A libcurl function was given a bad argument"),
  );
});

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const { method, url, rawHeaders } = request;
    seen.push({ method, url, rawHeaders, body: Buffer.concat(chunks).toString() });
    const [, kind, detail] = (url ?? "").split("/");
    const plain = { "Content-Type": "text/plain", "X-Case": "kept" };
    if (kind === "silent") return;
    if (kind === "drip") response.writeHead(200, { "Content-Length": "10" }).write("a");
    else if (kind === "late") setTimeout(() => response.end("ok"), 30);
    else if (kind === "loop") response.writeHead(302, { Location: "/loop" }).end();
    else if (kind === "redirect")
      response.writeHead(Number(detail), { Location: "/status/200" }).end("moved");
    else if (kind === "status" && detail === "204") response.writeHead(204).end();
    else if (kind === "status") response.writeHead(Number(detail), plain).end(`status ${detail}`);
    else response.writeHead(200, plain).end("ok");
  });
}

function send(request: Partial<Omit<QueuedRequest, "body">> & { path: string; body?: string }) {
  const { path, body, ...rest } = request;
  return sendRequest(row({ url: base + path, ...rest, body: body === undefined ? null : Buffer.from(body) }));
}

function row(request: Partial<QueuedRequest>): QueuedRequest {
  const defaults = {
    id: "1",
    version: "1",
    method: "GET",
    headers: [],
    badHeaders: false,
    body: null,
    timeoutMs: 5000,
  };
  return { ...defaults, url: base, ...request };
}

async function listen(server: net.Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closedPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
