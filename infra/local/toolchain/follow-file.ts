import { closeSync, openSync, readSync } from "node:fs";

const everyMs = 250;

/**
 * Hands over each complete line that is added to a file behind `offset` (bytes), until the returned function is called.
 * A child that writes to a file goes on undisturbed when its parent dies; through a pipe it would be killed by its next line.
 */
export function followFile(file: string, offset: number, onLine: (line: string) => void): () => void {
  const buffer = Buffer.alloc(64 * 1024);
  let position = offset;
  let rest = "";

  const read = () => {
    const descriptor = openSync(file, "r");
    try {
      let size = readSync(descriptor, buffer, 0, buffer.length, position);
      while (size > 0) {
        position += size;
        const lines = (rest + buffer.toString("latin1", 0, size)).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) onLine(line);
        size = readSync(descriptor, buffer, 0, buffer.length, position);
      }
    } finally {
      closeSync(descriptor);
    }
  };

  const timer = setInterval(read, everyMs);
  return () => {
    clearInterval(timer);
    read();
    if (rest !== "") onLine(rest);
    rest = "";
  };
}
