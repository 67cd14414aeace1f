import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** How a server misbehaves, by what it does with one request. */
export type Fault =
  | { answer: number; body?: string; headers?: Record<string, string> }
  /** Says nothing. */
  | "silence"
  /** Hangs up at once. */
  | "hang up"
  /** Sends half of an answer and hangs up. */
  | "half an answer"
  /** Lets the API do it, and hangs up instead of telling. */
  | "lost answer"
  /** Begins an answer that never ends. */
  | "endless answer"
  /** Sends an answer without end, as fast as it can. */
  | "flood";

export interface FaultyApi {
  url: string;
  /** Method and path of every request, in order. */
  requests: string[];
  /** Decides on each request; undefined lets it pass. */
  fault: (request: { method: string; path: string; body: string }) => Fault | undefined;
  close(): Promise<void>;
}

/** A server in front of a Management API that misbehaves when a test wants it to; without an `upstream` it answers `[]`. */
export async function startFaultyApi(upstream?: string): Promise<FaultyApi> {
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const api: FaultyApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    fault: () => undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url: path = "/" } = request;
    api.requests.push(`${method} ${path}`);
    const body = request.setEncoding("latin1") && (await text(request));
    const fault = api.fault({ method, path, body });
    if (fault === undefined) return await pass(request, body, response);
    if (typeof fault === "object")
      return void response.writeHead(fault.answer, fault.headers).end(fault.body ?? "");
    if (fault === "hang up") return void request.socket.destroy();
    if (fault === "lost answer") await ask(request, body);
    if (fault === "lost answer") return void request.socket.destroy();
    if (fault === "silence") return;
    response.writeHead(200, { "content-type": "application/json" }).write('[{"name": "A",');
    if (fault === "half an answer") setImmediate(() => request.socket.destroy());
    if (fault === "flood") flood(response);
  }

  async function ask(
    { method = "GET", url: path, headers }: IncomingMessage,
    body: string,
  ): Promise<Response> {
    const { host: _host, connection: _connection, "content-length": _length, ...sent } = headers;
    return await fetch(`${upstream}${path}`, {
      method,
      headers: sent as Record<string, string>,
      ...(body !== "" && { body: Buffer.from(body, "latin1") }),
    });
  }

  async function pass(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    if (upstream === undefined) return void response.writeHead(200).end("[]");
    const answer = await ask(request, body);
    const type = answer.headers.get("content-type");
    response.writeHead(answer.status, type === null ? {} : { "content-type": type });
    response.end(Buffer.from(await answer.arrayBuffer()));
  }

  return api;
}

function flood(response: ServerResponse): void {
  const chunk = " ".repeat(64 * 1024);
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on("drain", more);
  more();
}
