import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface HeldRequest {
  /** Resolves once the request waits. */
  reached: Promise<void>;
  /** Lets it go on. */
  release(): void;
  /** Ends it there: a held request never gets to the API, a held answer never back. */
  drop(): void;
}

export interface ApiGate {
  /** Stands before the API at the address given, as a provider's apiUrl. */
  url: string;
  /** Holds the next request whose body contains the text, before it is passed on or before its answer is. */
  hold(where: "request" | "answer", text: string): HeldRequest;
  close(): Promise<void>;
}

interface Hold {
  where: "request" | "answer";
  text: string;
  reached(): void;
  goesOn: Promise<boolean>;
}

/** Passes requests on to an API, and lets a test stop one at a known step instead of guessing with delays. */
export async function startApiGate(apiUrl: string): Promise<ApiGate> {
  let hold: Hold | undefined;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    const mine = hold !== undefined && body.includes(hold.text) ? hold : undefined;
    if (mine !== undefined) hold = undefined;
    const pass = async (where: Hold["where"]) => {
      if (mine?.where !== where) return true;
      mine.reached();
      return await mine.goesOn;
    };
    if (!(await pass("request"))) return void response.destroy();
    const { authorization = "", "content-type": type } = request.headers;
    const answer = await fetch(`${apiUrl}${request.url}`, {
      method: request.method ?? "GET",
      headers: { authorization, ...(type !== undefined && { "content-type": type }) },
      ...(body.length > 0 && { body }),
    });
    const text = await answer.text();
    if (!(await pass("answer"))) return void response.destroy();
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
    response.end(text);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: (where, text) => {
      let arrive = () => {};
      let decide = (_goesOn: boolean) => {};
      const reached = new Promise<void>((resolve) => (arrive = resolve));
      const goesOn = new Promise<boolean>((resolve) => (decide = resolve));
      hold = { where, text, reached: () => arrive(), goesOn };
      return { reached, release: () => decide(true), drop: () => decide(false) };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
