import type { ByteRange } from "./object-bytes.ts";
import { StorageError } from "./storage-error.ts";

/** Reads a header such as `bytes=0-99` or `bytes=-100`. Null means all bytes, also for several ranges and other units. */
export function readRange(header: string | undefined, size: number): ByteRange | null {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return null;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) {
    throw new StorageError(416, "InvalidRange", "The requested range is not satisfiable");
  }
  return { start, end };
}
