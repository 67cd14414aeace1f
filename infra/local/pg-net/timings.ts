import type { Socket } from "node:net";

/** Milliseconds since the request began; undefined while a step is not finished. */
export interface Timings {
  lookup?: number;
  connected?: number;
}

/** Notes when name lookup and connection (with TLS where used) are done. */
export function watchSocket(socket: Socket, encrypted: boolean, elapsed: () => number): Timings {
  const timings: Timings = {};
  socket.once("lookup", () => {
    timings.lookup = elapsed();
  });
  socket.once(encrypted ? "secureConnect" : "connect", () => {
    timings.connected = elapsed();
    // An address needs no lookup, and pg_net reports a time for it all the same.
    timings.lookup ??= timings.connected / 2;
  });
  return timings;
}

/** pg_net's text for a request that took too long; `total` in milliseconds. It shows at which step time ran out. */
export function timeoutMessage(timeoutMs: number, total: number, { lookup, connected }: Timings): string {
  const dns = lookup ?? total;
  const handshake = (connected ?? total) - dns;
  const http = connected === undefined ? 0 : total - connected;
  return (
    `Timeout of ${timeoutMs} ms reached. Total time: ${total.toFixed(6)} ms (DNS time: ${dns.toFixed(6)} ms, ` +
    `TCP/SSL handshake time: ${handshake.toFixed(6)} ms, HTTP Request/Response time: ${http.toFixed(6)} ms)`
  );
}
