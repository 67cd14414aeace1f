import type { Response } from "undici";
import { z } from "zod";

/** Far above a list of all functions of a project; what is longer never ends. */
const LARGEST_ANSWER_BYTES = 8 * 1024 * 1024;

/** The whole body as text. Throws when the connection ends before the body, and when the body does not end. */
export async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_ANSWER_BYTES)
      throw new Error(`the answer has more than ${LARGEST_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
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
