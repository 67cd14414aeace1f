import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Phase, Stop } from "./change-stops.ts";

interface Waiter {
  request: string;
  phase: Phase;
  arrive(): void;
  released: Promise<void>;
}

/** Passes requests on to the Management API, and holds them where a test wants to: before they are sent, or before their answer is. */
export class StoppingApi {
  readonly #server: Server;
  readonly #waiters = new Set<Waiter>();

  private constructor(target: string) {
    this.#server = createServer((request, response) => {
      this.#pass(target, request, response).catch(() => response.destroy());
    });
  }

  static async start(target: string): Promise<StoppingApi> {
    const api = new StoppingApi(target);
    api.#server.listen(0, "127.0.0.1");
    await once(api.#server, "listening");
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** `request` is a method with the end of a path, e.g. "POST /secrets". */
  stopAt(request: string, phase: Phase): Stop {
    let arrive = () => {};
    let release = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const waiter = { request, phase, arrive, released };
    this.#waiters.add(waiter);
    return {
      reached: () => arrived,
      release: async () => {
        this.#waiters.delete(waiter);
        release();
      },
    };
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #pass(target: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    await this.#wait(request, "making");
    // What the killed sender never sent must not be sent for it.
    if (request.socket.destroyed) return;
    const { host, connection, "content-length": length, ...headers } = request.headers;
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? "GET",
      headers: headers as Record<string, string>,
      ...(body.length > 0 && { body }),
    });
    const content = Buffer.from(await answer.arrayBuffer());
    await this.#wait(request, "committing");
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
    response.end(content);
  }

  async #wait({ method, url = "" }: IncomingMessage, phase: Phase): Promise<void> {
    const [path = ""] = url.split("?");
    for (const waiter of this.#waiters) {
      const [wantedMethod, wantedPath = ""] = waiter.request.split(" ");
      if (waiter.phase !== phase || method !== wantedMethod || !path.endsWith(wantedPath)) continue;
      waiter.arrive();
      await waiter.released;
    }
  }
}
