import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** The end of a log file; empty when there is none. Reads at most 64 KiB, whatever its size. */
export function lastLines(file: string, count: number): string[] {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return [];
  }
  try {
    const size = fstatSync(descriptor).size;
    const buffer = Buffer.alloc(Math.min(size, 64 * 1024));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("utf8").split("\n").filter(Boolean).slice(-count);
  } finally {
    closeSync(descriptor);
  }
}
