import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface Command {
  runbook: string;
  text: string;
}

const folder = path.join(import.meta.dirname, "runbooks");

/** What the runbooks give to type, with something in place of `...` and `<name>`. */
export function runbookCommands(): Command[] {
  return readdirSync(folder).flatMap((runbook) => {
    const text = readFileSync(path.join(folder, runbook), "utf8");
    return [...text.matchAll(/`([^`]+)`/g)].map(([, command = ""]) => ({
      runbook,
      text: filledIn(command.replaceAll(/\s+/g, " ")),
    }));
  });
}

function filledIn(command: string): string {
  return command
    .replaceAll(/([a-z_]+)=\.\.\./g, '$1="x"')
    .replaceAll("...", "1")
    .replaceAll("<pid>", "1")
    .replaceAll(/<\w+>/g, "x");
}
