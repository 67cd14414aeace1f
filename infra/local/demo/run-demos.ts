import pc from "picocolors";
import { describeFailure } from "../../describe-failure.ts";
import type { Demo, DemoContext } from "./demo.ts";

/** Runs all demos at once and prints a line for each as it ends. False when one failed. */
export async function runDemos(
  demos: readonly Demo[],
  context: DemoContext,
  print: (line: string) => void,
): Promise<boolean> {
  const width = Math.max(...demos.map(({ title }) => title.length));
  const outcomes = demos.map(async (demo) => {
    const title = demo.title.padEnd(width);
    try {
      print(`${pc.green("✔")} ${title}  ${await demo.run(context)}`);
      return true;
    } catch (error) {
      print(`${pc.red("✖")} ${title}  ${describeFailure(error)}`);
      return false;
    }
  });
  return (await Promise.all(outcomes)).every(Boolean);
}
