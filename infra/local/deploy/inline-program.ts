import { writePlainStacks } from "./plain-stacks.ts";

/** The program in this process, where a Pulumi CLI without the Node language host can drive it. */
export async function inlineProgram(): Promise<void> {
  writePlainStacks();
  await (await import("../../index.ts")).default();
}
