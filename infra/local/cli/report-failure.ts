import pc from "picocolors";
import { describeFailure } from "../../describe-failure.ts";

/** Ends the command with its error. */
export function reportFailure(error: unknown): never {
  console.error(`\n${pc.red("error:")} ${describeFailure(error)}`);
  process.exit(1);
}
