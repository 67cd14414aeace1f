import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Gate {
  /** A function that fetches `<url>/<name>` waits there until the test opens that name. */
  url: string;
  /** Resolves once somebody waits at, or has passed, that name. */
  reached(name: string): Promise<void>;
  open(name: string): void;
  close(): Promise<void>;
}

/** Lets a test hold a function at a known place instead of guessing with delays. */
export async function startGate(): Promise<Gate> {
  const waiting = new Map<string, ServerResponse>();
  const arrivals = new Map<string, { promise: Promise<void>; resolve(): void }>();
  const arrival = (name: string) => {
    let entry = arrivals.get(name);
    if (entry === undefined) {
      let resolve = () => {};
      entry = { promise: new Promise<void>((done) => (resolve = done)), resolve: () => resolve() };
      arrivals.set(name, entry);
    }
    return entry;
  };
  const server = createServer((request, response) => {
    const name = (request.url ?? "/").slice(1);
    waiting.set(name, response);
    arrival(name).resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reached: (name) => arrival(name).promise,
    open: (name) => waiting.get(name)?.end("open"),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
