import pc from "picocolors";
import { UserError } from "../../user-error.ts";

/** Ends the command with its error: the text alone for what the user can mend, everything for a defect of ours. */
export function reportFailure(error: unknown): never {
  console.error(`\n${pc.red("error:")} ${error instanceof UserError ? error.message : describe(error)}`);
  process.exit(1);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
