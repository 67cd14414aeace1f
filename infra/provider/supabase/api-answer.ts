import { Response } from "undici";
import { z } from "zod";

/** Above the files of the largest function that Supabase takes; what is longer never ends. */
const LARGEST_ANSWER_BYTES = 32 * 1024 * 1024;

/** The whole body. Throws when the connection ends before the body, and when the body does not end. */
export async function readBody(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_ANSWER_BYTES)
      throw new Error(`the answer has more than ${LARGEST_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Content of the files of a multipart form, by name. */
export type FileForm = ReadonlyMap<string, Buffer>;

/** Reads a form; undefined if it is none. */
export async function parseForm(body: Buffer, contentType: string): Promise<FileForm | undefined> {
  try {
    const form = await new Response(body, { headers: { "content-type": contentType } }).formData();
    const files = form.getAll("file").filter((part) => typeof part !== "string");
    return new Map(
      await Promise.all(
        files.map(async (file) => [file.name, Buffer.from(await file.arrayBuffer())] as const),
      ),
    );
  } catch {
    return undefined;
  }
}

/** The answer, or what is wrong with it; never its text, which may be anything. */
export function parseAnswer<T>(text: string, schema: z.ZodType<T>): { value: T } | { problem: string } {
  const json = parseJson(text);
  if ("problem" in json) return json;
  const result = schema.safeParse(json.value);
  if (result.success) return { value: result.data };
  const [first] = result.error.issues;
  const where = first?.path.join(".") || "the whole";
  return { problem: `${where}: ${first?.message}` };
}

/** For requests whose answer tells nothing: empty, or any JSON. */
export const NOTHING = z.unknown();

function parseJson(text: string): { value: unknown } | { problem: string } {
  if (text.trim() === "") return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { problem: /^\s*</.test(text) ? "it is a page, not JSON" : "it is not JSON" };
  }
}

/** What the API says is wrong; empty if it says nothing. */
export function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === "string" ? message : text;
  } catch {
    return /^\s*</.test(text) ? "" : text;
  }
}
