import { createHash } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import path from "node:path";
import type { Multipart } from "@fastify/multipart";
import { z } from "zod";
import { ApiError } from "./api-error.ts";
import { readDeployPath } from "./deploy-path.ts";
import type { DeployedFile } from "./tree-digest.ts";

/** Not strict: newer clients may send more, as they may to Supabase. */
const metadataSchema = z.object({
  entrypoint_path: z.string(),
  import_map_path: z.string().nullish(),
  static_patterns: z.array(z.string()).nullish(),
  verify_jwt: z.boolean().nullish(),
  name: z.string().max(256).nullish(),
});

export interface DeployForm {
  name: string | undefined;
  /** Absent means: as the deployed function has it, and true for a new one. */
  verifyJwt: boolean | undefined;
  entrypointPath: string;
  /** Empty for none. */
  importMapPath: string;
  staticPatterns: string[];
  files: DeployedFile[];
}

/**
 * Reads the multipart form of a deploy, `file` parts and one `metadata` part, and writes the files below `directory`.
 * The whole form is read before anything is refused, so that the answer reaches a client that is still sending.
 */
export async function readDeployForm(
  parts: AsyncIterable<Multipart>,
  directory: string,
): Promise<DeployForm> {
  const problems: string[] = [];
  const files: DeployedFile[] = [];
  let metadata: unknown;
  for await (const part of parts) {
    if (part.fieldname === "metadata") {
      metadata = part.type === "file" ? String(await part.toBuffer()) : part.value;
    } else if (part.fieldname === "file" && part.type === "file") {
      const content = await part.toBuffer();
      const { path: name, problem } = readDeployPath(part.filename ?? "");
      if (problem !== undefined) problems.push(problem);
      else files.push({ path: name, sha256: await writeFile(directory, name, content, problems) });
    } else {
      problems.push(`part "${part.fieldname}": is unknown; send "file" parts and one "metadata" part`);
    }
  }
  const form = readMetadata(metadata, new Set(files.map((file) => file.path)), problems);
  if (form === null || problems.length > 0) throw new ApiError(400, problems.join("\n"));
  return { ...form, files };
}

/** Returns the content's SHA-256; synced, because the deploy may become visible right after. */
async function writeFile(
  directory: string,
  name: string,
  content: Buffer,
  problems: string[],
): Promise<string> {
  const target = path.join(directory, name);
  try {
    await mkdir(path.dirname(target), { recursive: true });
    const handle = await open(target, "wx", 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["EEXIST", "ENOTDIR", "EISDIR", "ENAMETOOLONG"].includes(code)) throw error;
    problems.push(`file "${name}": clashes with another file of the deploy (${code}); send each path once`);
  }
  return createHash("sha256").update(content).digest("hex");
}

function readMetadata(
  value: unknown,
  sent: Set<string>,
  problems: string[],
): Omit<DeployForm, "files"> | null {
  const parsed = metadataSchema.safeParse(parseJson(value));
  if (!parsed.success) {
    for (const issue of parsed.error.issues)
      problems.push(`metadata "${issue.path.join(".")}": ${issue.message}`);
    return null;
  }
  const { entrypoint_path, import_map_path, static_patterns, verify_jwt, name } = parsed.data;
  const sentPath = (field: string, written: string) => {
    const { path: known } = readDeployPath(written);
    if (known !== undefined && sent.has(known)) return known;
    problems.push(
      `${field} "${written}": is not among the uploaded files; upload it as a "file" part of that name`,
    );
    return written;
  };
  return {
    entrypointPath: sentPath("entrypoint_path", entrypoint_path),
    importMapPath: import_map_path ? sentPath("import_map_path", import_map_path) : "",
    staticPatterns: static_patterns ?? [],
    verifyJwt: verify_jwt ?? undefined,
    name: name ?? undefined,
  };
}

/** The part comes as text, or parsed already where its type says JSON. */
function parseJson(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
