const boundary = "----WebKitFormBoundaryJobstackTest";

export interface DeployBody {
  contentType: string;
  body: Buffer;
}

/** A deploy's form, byte for byte as the Supabase CLI sends it: files first, then metadata without a type of its own. */
export function deployBody(files: Record<string, string>, metadata: unknown): DeployBody {
  const parts = Object.entries(files).map(
    ([name, content]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n` +
      `Content-Type: application/octet-stream\r\n\r\n${content}\r\n`,
  );
  const text = typeof metadata === "string" ? metadata : JSON.stringify(metadata);
  parts.push(`--${boundary}\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n${text}\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.from(`${parts.join("")}--${boundary}--\r\n`),
  };
}
