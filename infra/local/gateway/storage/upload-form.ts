import type { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import { StorageError } from "./storage-error.ts";

/** What a client sends to be kept. */
export interface Incoming {
  body: Readable;
  mimeType: string;
  cacheControl: string;
  userMetadata: Record<string, unknown> | null;
}

/** Reads both forms of an upload: a browser's form with one file, and bytes with everything else in headers. */
export async function readIncoming(request: FastifyRequest): Promise<Incoming> {
  return request.isMultipart() ? readForm(request) : readRaw(request);
}

/** The fields must come before the file, as the client library sends them. */
async function readForm(request: FastifyRequest): Promise<Incoming> {
  const part = await request.file();
  if (!part) throw new StorageError(400, "InvalidRequest", "No content provided");
  const field = (name: string) => {
    const found = part.fields[name];
    return found && "value" in found ? String(found.value) : undefined;
  };
  const seconds = field("cacheControl");
  return {
    body: part.file,
    mimeType: field("contentType") || part.mimetype,
    cacheControl: seconds ? `max-age=${seconds}` : "no-cache",
    userMetadata: readJson(field("metadata")),
  };
}

function readRaw(request: FastifyRequest): Incoming {
  const { headers } = request;
  const metadata = headers["x-metadata"];
  return {
    body: request.raw,
    mimeType: headers["content-type"] || "application/octet-stream",
    cacheControl: headers["cache-control"] ?? "no-cache",
    userMetadata:
      typeof metadata === "string" ? readJson(Buffer.from(metadata, "base64").toString("utf8")) : null,
  };
}

/** Storage ignores metadata that is not JSON. */
function readJson(text: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
