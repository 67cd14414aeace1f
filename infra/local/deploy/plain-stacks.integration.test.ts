import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { expect, it } from "vitest";
import { packageRoot } from "../../package-root.ts";

it("says in which line of the source a real error was thrown, and nothing of one without a message", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "jobstack-plain-stacks-"));
  const file = path.join(directory, "program.mts");
  writeFileSync(
    file,
    `import { writePlainStacks } from "${path.join(packageRoot, "infra/local/deploy/plain-stacks.ts")}";
writePlainStacks();

interface Types { are: "taken out" }

function declare(_types?: Types): never {
  throw new Error("wrong");
}

console.log(JSON.stringify(new Error().stack));
declare();
`,
  );
  const tsx = pathToFileURL(path.join(packageRoot, "node_modules/tsx/dist/loader.mjs")).href;
  const { stdout, stderr } = await execa("node", ["--import", tsx, file], { reject: false });
  rmSync(directory, { recursive: true });
  expect(stdout).toBe('"Error"');
  expect(stderr).toMatch(
    /Error: wrong\n {4}at declare \(.*program\.mts:7:\d+\)\n {4}at .*program\.mts:11:\d+/,
  );
});
