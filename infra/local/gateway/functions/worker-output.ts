import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** What the preload module tells the gateway. */
export interface WorkerMessage {
  port?: number;
  unloading?: boolean;
}

export interface WorkerOutputHandlers {
  line(level: "info" | "error", text: string): void;
  message(message: WorkerMessage): void;
}

/** Begins a message of the preload module; anything before it in the line is the function's own unfinished line. */
const separator = "\u001e";

/** Splits what a function's process prints into log lines and the preload module's messages. */
export function readWorkerOutput(stdout: Readable, stderr: Readable, handlers: WorkerOutputHandlers): void {
  createInterface({ input: stdout }).on("line", (text) => handlers.line("info", text));
  createInterface({ input: stderr }).on("line", (text) => {
    const at = text.indexOf(separator);
    if (at === -1) return handlers.line("error", text);
    if (at > 0) handlers.line("error", text.slice(0, at));
    const message = parseMessage(text.slice(at + 1));
    if (message !== null) handlers.message(message);
  });
}

/** A function may print the separator too; what is no message is dropped. */
function parseMessage(text: string): WorkerMessage | null {
  try {
    return JSON.parse(text) as WorkerMessage;
  } catch {
    return null;
  }
}
