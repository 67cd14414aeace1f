import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from "node:fs";
import path from "node:path";

export interface FunctionLogEntry {
  function: string;
  level: "info" | "error";
  message: string;
}

/** Past this size, in bytes, the file becomes `<file>.1` and a new one begins. */
const rotateAt = 20 * 1024 * 1024;

/** `functions.log`: what functions print and what befalls their processes, one JSON object per line. */
export class FunctionLog {
  readonly #file: string;
  #stream: WriteStream;
  #size: number;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#file = path.join(directory, "functions.log");
    this.#size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    this.#stream = this.#open();
  }

  write(entry: FunctionLogEntry): void {
    const line = `${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`;
    if (this.#size > rotateAt) this.#rotate();
    this.#size += Buffer.byteLength(line);
    this.#stream.write(line);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(resolve));
  }

  #open(): WriteStream {
    const stream = createWriteStream(this.#file, { flags: "a", mode: 0o600 });
    // A full disk must cost log lines, not the platform.
    stream.on("error", (error) => console.error(`functions log "${this.#file}": ${error.message}`));
    return stream;
  }

  #rotate(): void {
    this.#stream.end();
    renameSync(this.#file, `${this.#file}.1`);
    this.#size = 0;
    this.#stream = this.#open();
  }
}
