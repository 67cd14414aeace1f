import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

export interface SourceForm {
  contentType: string;
  body: Buffer;
}

/** A function's uploaded files as multipart form data: one `file` part each, and where to start in `metadata`. */
export async function sourceForm(codeDirectory: string, entrypointPath: string): Promise<SourceForm> {
  const root = path.join(codeDirectory, "files");
  const form = new FormData();
  form.append("metadata", JSON.stringify({ deno2_entrypoint_path: entrypointPath }));
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    const name = path.relative(root, file).split(path.sep).join("/");
    form.append("file", new Blob([await readFile(file)]), name);
  }
  const response = new Response(form);
  return {
    contentType: response.headers.get("content-type") ?? "multipart/form-data",
    body: Buffer.from(await response.arrayBuffer()),
  };
}
