// `npm test`: brings the tools, runs the kinds of tests that were named (all, if none), and ends on one plain line.
import path from "node:path";
import { startVitest } from "vitest/node";
import { reportFailure } from "../infra/local/cli/report-failure.ts";
import { throttleProgress } from "../infra/local/cli/throttle-progress.ts";
import { ensureToolchain } from "../infra/local/toolchain/ensure-toolchain.ts";
import { createWorkspace, locateWorkspace } from "../infra/local/workspace.ts";

const kinds = ["unit", "integration", "e2e", "systems"];

async function run(wanted: string[]): Promise<{ passed: number; failed: number }> {
  if (wanted.some((kind) => kind !== "unit")) await bringTools();
  const total = { passed: 0, failed: 0 };
  for (const kind of wanted) {
    const { passed, failed } = await runKind(kind);
    total.passed += passed;
    total.failed += failed;
  }
  return total;
}

async function bringTools(): Promise<void> {
  const workspace = locateWorkspace(process.env);
  createWorkspace(workspace);
  const { pulumi } = await ensureToolchain({
    needPostgres: true,
    needMonitoring: true,
    needTestTools: true,
    logDir: workspace.logs,
    progress: throttleProgress(console.log),
  });
  // Where the tests that drive the engine find it.
  process.env.PATH = `${path.dirname(pulumi.command)}${path.delimiter}${process.env.PATH}`;
}

async function runKind(kind: string): Promise<{ passed: number; failed: number }> {
  const vitest = await startVitest("test", [], { run: true, project: [kind], passWithNoTests: false });
  const modules = vitest.state.getTestModules();
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const count = (state: string) => tests.filter((test) => test.result().state === state).length;
  // A file that cannot be loaded has no tests to count, and must not pass for that.
  const broken = modules.filter((module) => module.errors().length > 0).length;
  const unhandled = vitest.state.getUnhandledErrors().length;
  await vitest.close();
  const nothingRan = tests.length === 0 ? 1 : 0;
  return { passed: count("passed"), failed: count("failed") + broken + unhandled + nothingRan };
}

const named = process.argv.slice(2);
const unknown = named.filter((kind) => !kinds.includes(kind));
if (unknown.length > 0) {
  console.error(
    `npm test: no kind of tests is called "${unknown.join('", "')}"; there are ${kinds.join(", ")}`,
  );
  process.exit(2);
}
try {
  const { passed, failed } = await run(named.length > 0 ? named : kinds);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
} catch (error) {
  reportFailure(error);
}
