import type { Call, Reply } from "./exchange.ts";

/**
 * The next request after a reply that points elsewhere, by curl's rules; undefined when the reply is the last.
 * Throws ERR_INVALID_URL for an address that is none.
 */
export function nextCall(call: Call, reply: Reply): Call | undefined {
  if (reply.status < 300 || reply.status > 399 || reply.location === undefined) return undefined;
  const url = new URL(reply.location, call.url);
  const dropsBody = [301, 302, 303].includes(reply.status);
  return {
    method: dropsBody && call.method === "POST" ? "GET" : call.method,
    url,
    headers: url.origin === call.url.origin ? call.headers : call.headers.filter(([name]) => !isSecret(name)),
    body: dropsBody ? null : call.body,
  };
}

/** What was meant for the first server must not reach another one. */
function isSecret(name: string): boolean {
  return ["authorization", "cookie"].includes(name.toLowerCase());
}
