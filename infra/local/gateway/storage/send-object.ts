import type { FastifyReply, FastifyRequest } from "fastify";
import type { StoredBytes } from "./object-bytes.ts";
import type { StoredObject } from "./object-rows.ts";
import { readRange } from "./read-range.ts";

/** Answers with an object's bytes, all or a range of them; a signed one says when it expires. */
export function sendObject(
  request: FastifyRequest,
  reply: FastifyReply,
  { metadata, updated_at }: StoredObject,
  bytes: StoredBytes,
  expires?: Date,
): FastifyReply {
  reply.headers({
    "accept-ranges": "bytes",
    "content-type": harmless(metadata?.mimetype ?? "application/octet-stream"),
    "last-modified": new Date(metadata?.lastModified ?? updated_at).toUTCString(),
    ...(metadata?.eTag && { etag: metadata.eTag }),
    ...(expires
      ? { expires: expires.toUTCString() }
      : { "cache-control": metadata?.cacheControl ?? "no-cache" }),
    ...disposition((request.query as { download?: string }).download),
  });
  if (metadata?.eTag && request.headers["if-none-match"] === metadata.eTag) return reply.code(304).send();

  const range = readRange(request.headers.range, bytes.size);
  if (range) reply.code(206).header("content-range", `bytes ${range.start}-${range.end}/${bytes.size}`);
  reply.header("content-length", range ? range.end - range.start + 1 : bytes.size);
  return request.method === "HEAD" ? reply.send() : reply.send(bytes.stream(range ?? undefined));
}

/** A page that somebody uploaded must not run as one of the project's own. */
function harmless(mimeType: string): string {
  return mimeType.includes("text/html") ? "text/plain" : mimeType;
}

function disposition(download: string | undefined): Record<string, string> {
  if (download === undefined) return {};
  if (download === "") return { "content-disposition": "attachment;" };
  const name = encodeURIComponent(download);
  return { "content-disposition": `attachment; filename=${name}; filename*=UTF-8''${name};` };
}
