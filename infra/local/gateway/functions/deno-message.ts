import { pathToFileURL } from "node:url";

/** Deno's error text for a user: paths from the project's root on, without progress lines and backtrace. */
export function denoMessage(stderr: string, codeDirectory: string): string {
  const url = pathToFileURL(`${codeDirectory}/files/`).href;
  const [text = ""] = stderr.split(/\n\s*Stack backtrace:/);
  const lines = text
    .replaceAll(url, "")
    .replaceAll(`${codeDirectory}/files/`, "")
    .split("\n")
    .filter((line) => !/^(?:Download|Check|Initialize|Warning) /.test(line));
  return lines.join("\n").trim();
}
