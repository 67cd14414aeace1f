import { findSourceMap } from "node:module";

/**
 * The SDK takes the stack of a message-less error for every resource and promise, to be kept in the state. To map all
 * their frames to the source made up a quarter of a program's time, and they a third of the state: these have none.
 * Those of real errors are mapped as before.
 */
export function writePlainStacks(): void {
  Error.prepareStackTrace = (error: Error, frames) =>
    [String(error), ...(error.message === "" ? [] : frames.map(mapped))].join("\n    at ");
}

function mapped(frame: NodeJS.CallSite): string {
  const [file, line, column] = [frame.getFileName(), frame.getLineNumber(), frame.getColumnNumber()];
  if (!file || line === null || column === null) return String(frame);
  const origin = findSourceMap(file)?.findOrigin(line, column);
  if (origin === undefined || !("lineNumber" in origin)) return String(frame);
  return String(frame).replace(`:${line}:${column}`, `:${origin.lineNumber}:${origin.columnNumber}`);
}
