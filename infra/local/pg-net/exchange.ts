import http from "node:http";
import https from "node:https";
import { type Timings, watchSocket } from "./timings.ts";

const userAgent = "pg_net/0.20.4";

/** One request on the wire, without redirects. */
export interface Call {
  method: string;
  url: URL;
  headers: [name: string, value: string][];
  body: Buffer | null;
}

export interface Reply {
  status: number;
  /** As the server spelt them; of a repeated name the last value. */
  headers: Record<string, string>;
  contentType: string | null;
  location: string | undefined;
  body: Buffer;
}

/** Sends one request on a connection of its own and reads the whole reply. Rejects with Node's error. */
export function exchange(
  call: Call,
  signal: AbortSignal,
  elapsed: () => number,
  onTimings: (timings: Timings) => void,
): Promise<Reply> {
  const encrypted = call.url.protocol === "https:";
  return new Promise((resolve, reject) => {
    const request = (encrypted ? https : http).request(call.url, {
      method: call.method,
      headers: wireHeaders(call),
      agent: false,
      signal,
      setHost: false,
      // curl reads replies that Node's parser refuses by default.
      insecureHTTPParser: true,
      maxHeaderSize: 256 * 1024,
    });
    request.removeHeader("connection");
    request.once("socket", (socket) => onTimings(watchSocket(socket, encrypted, elapsed)));
    request.on("error", reject);
    request.once("response", (response) => collect(response).then(resolve, reject));
    request.end(call.body ?? undefined);
  });
}

/** Names and values in the order in which curl writes them, without the Authorization that Node makes from the URL. */
function wireHeaders({ method, url, headers, body }: Call): Record<string, string | string[]> {
  const lines = new Map<string, { name: string; value: string | string[] }>();
  const set = (name: string, value: string | string[]) => lines.set(name.toLowerCase(), { name, value });
  set("Host", url.host);
  set("Accept", "*/*");
  if (body) set("Content-Type", "application/x-www-form-urlencoded");
  // The user's header replaces a default. Node writes Latin-1, curl the bytes it was given.
  for (const [name, value] of headers) set(name, Buffer.from(value).toString("latin1"));
  // Except this one: pg_net adds its own line to the user's.
  const own = lines.get("user-agent")?.value;
  set("User-Agent", own === undefined ? userAgent : [String(own), userAgent]);
  // How long the body is, is ours to say.
  lines.delete("transfer-encoding");
  lines.delete("content-length");
  if (body || method === "POST") set("Content-Length", String(body?.length ?? 0));
  return Object.fromEntries([...lines.values()].map(({ name, value }) => [name, value]));
}

async function collect(response: http.IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk);
  } catch (cause) {
    throw Object.assign(new Error("the reply ended early", { cause }), { code: "PARTIAL_FILE" });
  }
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < response.rawHeaders.length; i += 2) {
    headers[text(response.rawHeaders[i])] = text(response.rawHeaders[i + 1]);
  }
  return {
    status: response.statusCode ?? 0,
    headers,
    contentType: response.headers["content-type"] ?? null,
    location: response.headers.location,
    body: Buffer.concat(chunks),
  };
}

/** Node hands out header bytes as Latin-1; jsonb cannot hold a NUL. */
function text(value = ""): string {
  return Buffer.from(value, "latin1").toString("utf8").replaceAll("\0", "");
}
