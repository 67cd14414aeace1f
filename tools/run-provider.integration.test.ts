import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packageRoot } from "../infra/package-root.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "jobstack-run-provider-"));
  for (const folder of ["tools", "infra/provider", "node_modules"])
    mkdirSync(path.join(root, folder), { recursive: true });
  cpSync(path.join(packageRoot, "tools/run-provider.mjs"), path.join(root, "tools/run-provider.mjs"));
  symlinkSync(path.join(packageRoot, "node_modules/esbuild"), path.join(root, "node_modules/esbuild"));
  write(
    "main.ts",
    'import { says } from "./says.ts";\nconsole.log(says satisfies string, process.argv[2]);\n',
  );
  write("says.ts", 'export const says: string = "first";\n');
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(name: string, text: string): void {
  writeFileSync(path.join(root, "infra/provider", name), text);
}

async function run(): Promise<string> {
  const { stdout } = await execa("node", [path.join(root, "tools/run-provider.mjs"), "address"]);
  return stdout;
}

function builds(): string[] {
  return readdirSync(path.join(root, "node_modules/.cache/jobstack")).filter((name) => name.endsWith(".mjs"));
}

describe("the provider of the repository", () => {
  it("is compiled once", async () => {
    expect([await run(), await run()]).toEqual(["first address", "first address"]);
    expect(builds()).toHaveLength(1);
  });

  it("is what the source says now, also after a file changed back, went or came", async () => {
    await run();
    write("says.ts", 'export const says: string = "second";\n');
    expect(await run()).toBe("second address");
    write("says.ts", 'export { says } from "./other.ts";\n');
    write("other.ts", 'export const says: string = "third";\n');
    expect(await run()).toBe("third address");
    write("other.ts", 'export const says: string = "fourth";\n');
    expect(await run()).toBe("fourth address");
    write("says.ts", 'export const says: string = "first";\n');
    rmSync(path.join(root, "infra/provider/other.ts"));
    expect(await run()).toBe("first address");
  });

  it("starts several times at once before it was ever compiled", async () => {
    expect(await Promise.all([run(), run(), run(), run()])).toEqual(Array(4).fill("first address"));
    expect(builds()).toHaveLength(1);
  });

  it("says what does not compile", async () => {
    write("says.ts", "export const says: string = ;\n");
    await expect(run()).rejects.toThrow(/says\.ts:1:28: ERROR: Unexpected ";"/);
  });
});
