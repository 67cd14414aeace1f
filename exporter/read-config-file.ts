import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import { UserError } from "../infra/user-error.ts";

/** What the YAML file says, unchecked. Throws a UserError that says where it is no YAML and shows none of its text. */
export function readConfigFile(file: string): Record<string, unknown> {
  const lineCounter = new LineCounter();
  // The library's prettier errors quote the line, which may hold a secret.
  const document = parseDocument(readText(file), { lineCounter, prettyErrors: false });
  const problems = document.errors.map(({ pos, code }) => {
    const { line, col } = lineCounter.linePos(pos[0]);
    return `line ${line}, column ${col}: ${code.toLowerCase().replaceAll("_", " ")}`;
  });
  if (problems.length > 0) throw new UserError(`exporter configuration "${file}": not valid YAML`, problems);
  const content = document.toJS() ?? {};
  if (typeof content === "object" && !Array.isArray(content)) return content;
  throw new UserError(`exporter configuration "${file}": no settings in it; write lines such as "targets:"`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unknown error";
    throw new UserError(
      `exporter configuration "${file}": cannot be read (${code}); write the path of a YAML file`,
      [],
      { cause },
    );
  }
}
