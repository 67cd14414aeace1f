import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../../user-error.ts";
import { ensurePulumi, type PulumiSource } from "./pulumi.ts";
import type { ToolchainContext } from "./toolchain-context.ts";

const sdkVersion = "3.248.0";

let home: string;
let context: ToolchainContext;
let made: string[];

beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), "jobstack-pulumi-"));
  context = { logDir: home, progress: () => {}, env: { PATH: path.join(home, "path") } };
  made = [];
});

afterEach(() => rmSync(home, { recursive: true }));

/** A stand-in for the CLI: a script that knows its version. `padding` bytes make it as large as a real program. */
function writeCli(file: string, answer: string, padding = 0): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho called >> ${home}/calls\n${answer}\nexit\n${"#".repeat(padding)}`);
  chmodSync(file, 0o755);
  return file;
}

const calls = () =>
  spawnSync("wc", ["-l", path.join(home, "calls")], { encoding: "utf8" })
    .stdout.trim()
    .split(" ")[0];

const cached = () => path.join(home, "versions", sdkVersion, "bin/pulumi");

function source(name: string, make: (root: string) => void | Promise<void>): PulumiSource {
  return {
    name,
    make: async (_dir, root) => {
      made.push(name);
      await make(root);
    },
  };
}

const good = source("good", (root) => void writeCli(path.join(root, "bin/pulumi"), "echo v3.248.0"));
const broken = source("broken", () => Promise.reject(new Error("host not found")));

const ensure = (...sources: PulumiSource[]) =>
  ensurePulumi({ sdkVersion, home, env: context.env }, sources, context);

describe("ensurePulumi", () => {
  it("uses the CLI on PATH when it fits", async () => {
    const command = writeCli(path.join(home, "path/pulumi"), "echo v3.250.1");
    expect(await ensure(good)).toEqual({ command, version: "3.250.1", root: null });
    expect(made).toEqual([]);
  });

  it("passes over a CLI on PATH that is too old", async () => {
    writeCli(path.join(home, "path/pulumi"), "echo v3.100.0");
    writeCli(cached(), "echo v3.248.0");
    expect(await ensure(good)).toMatchObject({
      command: cached(),
      root: path.join(home, "versions", sdkVersion),
    });
    expect(made).toEqual([]);
  });

  it("puts the CLI into the cache when there is none, and finds it there the next time", async () => {
    expect(await ensure(good)).toMatchObject({ command: cached(), version: sdkVersion });
    expect(await ensure(good)).toMatchObject({ command: cached(), version: sdkVersion });
    expect(made).toEqual(["good"]);
  });

  it("replaces a cached CLI that does not run", async () => {
    writeCli(cached(), "exit 1");
    expect(await ensure(good)).toMatchObject({ command: cached(), version: sdkVersion });
  });

  it("takes the next source when the first one fails", async () => {
    expect(await ensure(broken, good)).toMatchObject({ version: sdkVersion });
    expect(made).toEqual(["broken", "good"]);
  });

  it("removes what a killed run left", async () => {
    mkdirSync(path.join(home, "versions", `${sdkVersion}.partial-1/root/bin`), { recursive: true });
    await ensure(good);
    expect(readdirSync(path.join(home, "versions"))).toEqual([sdkVersion]);
  });

  it("makes it once when two runs begin at the same time", async () => {
    const found = await Promise.all([ensure(good), ensure(good)]);
    expect(found.map((cli) => cli.command)).toEqual([cached(), cached()]);
    expect(made).toEqual(["good"]);
  });

  it("names the failure of every source, and leaves nothing in the cache", async () => {
    const lame = source("lame", (root) => void writeCli(path.join(root, "bin/pulumi"), "echo v3.1.0"));
    const error = await ensure(broken, lame).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      problems: [
        "broken: host not found",
        "lame: the program it made does not run as version 3.248.0 or newer",
      ],
    });
    expect(readdirSync(path.join(home, "versions"))).toEqual([]);
  });

  it("says so when the cache cannot be created", async () => {
    writeFileSync(path.join(home, "versions"), "a file where a folder belongs");
    await expect(ensure(good)).rejects.toThrow(
      `pulumi: the cache "${home}/versions" cannot be created (EEXIST); set PULUMI_HOME to a folder that can be written`,
    );
  });

  it("tries no further source when it was cancelled", async () => {
    const abort = new DOMException("This operation was aborted", "AbortError");
    await expect(
      ensure(
        source("cancelled", () => Promise.reject(abort)),
        good,
      ),
    ).rejects.toBe(abort);
    expect(made).toEqual(["cancelled"]);
  });
});

describe("the version of a CLI", () => {
  it("is asked once for a program that stays the same", async () => {
    writeCli(cached(), "echo v3.248.0", 6_000_000);
    await ensure(good);
    await ensure(good);
    expect(calls()).toBe("1");
  });

  it("is asked again when the program changed", async () => {
    writeCli(cached(), "echo v3.248.0", 6_000_000);
    await ensure(good);
    writeCli(cached(), "exit 1", 6_000_001);
    expect(await ensure(good)).toMatchObject({ version: sdkVersion });
    expect(made).toEqual(["good"]);
  });

  it("is asked every time for a shim, which stays the same while what it runs changes", async () => {
    writeCli(path.join(home, "path/pulumi"), "echo v3.248.0");
    await ensure(good);
    await ensure(good);
    expect(calls()).toBe("2");
    expect(existsSync(path.join(home, ".jobstack-cli-versions.json"))).toBe(false);
  });
});
