import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../../user-error.ts";
import { buildGoTool, type GoToolBuild } from "./build-go-tool.ts";
import { findGo } from "./find-go.ts";
import type { GoCommand } from "./go-version.ts";
import { provideGo } from "./provide-go.ts";

const go = await usableGo();

/** The one that would build Pulumi here: an older one counts packages differently and has other exit codes. */
async function usableGo(): Promise<GoCommand | undefined> {
  if ((await findGo(process.env)).length === 0) return undefined;
  const context = { logDir: os.tmpdir(), env: process.env, progress: () => {} };
  return provideGo(context, path.join(os.tmpdir(), "jobstack-go.log"), async () => {});
}

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "jobstack-go-"));
  writeFileSync(path.join(dir, "go.mod"), "module example.com/tool\n\ngo 1.19\n");
});

afterEach(() => rmSync(dir, { recursive: true }));

function build(main: string, progress: GoToolBuild["progress"] = () => {}): Promise<void> {
  if (go === undefined) throw new Error("no go");
  writeFileSync(path.join(dir, "main.go"), main);
  return buildGoTool({
    name: "tool 1.2.3",
    go,
    moduleDir: dir,
    target: "example.com/tool",
    ldflags: "-X main.version=v1.2.3",
    output: path.join(dir, "tool"),
    env: process.env,
    logFile: path.join(dir, "build.log"),
    progress,
  });
}

const printsVersion = "package main\n\nvar version string\n\nfunc main() { println(version) }\n";

// Go is only there where it was installed or where the CLI had to be built.
describe.skipIf(go === undefined)("buildGoTool", () => {
  it("builds a program with its flags", async () => {
    await build(printsVersion);
    expect(spawnSync(path.join(dir, "tool"), { encoding: "utf8" }).stderr).toBe("v1.2.3\n");
  });

  it("counts the packages that are still to be built, up to the last one", async () => {
    const counts: (number | undefined)[][] = [];
    // A comment that no build has seen yet, so that the package is not in Go's cache.
    await build(
      `${printsVersion}\n// ${dir}\nvar seed = "${dir}"\n\nfunc init() { version += seed[:0] }\n`,
      (_, done, total) => {
        counts.push([done, total]);
      },
    );
    const [done, total] = counts.at(-1) ?? [];
    expect(total).toBeGreaterThan(0);
    expect(done).toBe(total);
  });

  it("fails with go's own last lines and the place of the log", async () => {
    const error = await build("package main\n\nfunc main() { missing() }\n").catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain("tool 1.2.3: cannot be built: go ended with exit code 1");
    expect((error as UserError).message).toContain(path.join(dir, "build.log"));
    expect((error as UserError).problems.join("\n")).toContain("undefined: missing");
    expect(existsSync(path.join(dir, "tool"))).toBe(false);
  });

  it("refuses a module that go.mod does not pin", async () => {
    const imports = 'package main\n\nimport _ "golang.org/x/text/language"\n\nfunc main() {}\n';
    await expect(build(imports)).rejects.toThrow("import lookup disabled by -mod=readonly");
  });
});
