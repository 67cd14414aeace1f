import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isExecutable } from "../toolchain/find-executable.ts";
import type { PulumiCli } from "../toolchain/find-pulumi.ts";
import { provideLanguageHost } from "./provide-language-host.ts";

let home: string;
const inHome = (...names: string[]) => path.join(home, ...names);

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "jobstack-host-"));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

function program(...names: string[]): string {
  const file = inHome(...names);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, names.join("/"));
  chmodSync(file, 0o755);
  return file;
}

const cli = (command: string): PulumiCli => ({
  command,
  version: "3.248.0",
  root: path.dirname(path.dirname(command)),
});

describe("provideLanguageHost", () => {
  it("puts the stand-in beside a link to a CLI that has no host", () => {
    const command = program("cache", "bin", "pulumi");
    expect(provideLanguageHost(inHome("own"), cli(command), { PATH: inHome("nowhere") })).toBe(inHome("own"));
    expect(statSync(inHome("own", "pulumi")).ino).toBe(statSync(command).ino);
    expect(isExecutable(inHome("own", "pulumi-language-nodejs"))).toBe(true);
  });

  it("gives the same answer again, also to a shell that has it on PATH already", () => {
    const command = program("cache", "bin", "pulumi");
    const env = { PATH: inHome("own") };
    for (const found of [command, command, inHome("own", "pulumi")]) {
      expect(provideLanguageHost(inHome("own"), cli(found), env)).toBe(inHome("own"));
    }
    expect(statSync(inHome("own", "pulumi")).ino).toBe(statSync(command).ino);
  });

  it("steps aside for an official host beside the CLI", () => {
    const command = program("official", "bin", "pulumi");
    program("official", "bin", "pulumi-language-nodejs");
    expect(provideLanguageHost(inHome("own"), cli(command), {})).toBe(inHome("official", "bin"));
  });

  it("steps aside for an official host on PATH", () => {
    const command = program("cache", "bin", "pulumi");
    program("elsewhere", "pulumi-language-nodejs");
    expect(provideLanguageHost(inHome("own"), cli(command), { PATH: inHome("elsewhere") })).toBe(
      inHome("cache", "bin"),
    );
  });
});
