import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fetchGoToolchain } from "./go-toolchain.ts";

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "jobstack-toolchain-"));
});

afterEach(() => rmSync(dir, { recursive: true }));

function write(name: string, content: string, mode: number): string {
  const file = path.join(dir, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

function fetchWith(script: string) {
  const go = { path: write("go", `#!/bin/sh\n${script}\n`, 0o755), version: "1.19.8" };
  const logFile = path.join(dir, "go.log");
  return fetchGoToolchain({ go, version: "1.25.11", platform: "linux-amd64", env: process.env, logFile });
}

it("makes a downloaded toolchain fit to run: a module has no execute bits and no inner go.mod", async () => {
  const go = write("module/bin/go", "", 0o444);
  const compiler = write("module/pkg/tool/linux_amd64/compile", "", 0o444);
  write("module/src/_go.mod", "module std\n", 0o444);
  write("module/src/cmd/_go.mod", "module cmd\n", 0o444);
  chmodSync(path.join(dir, "module/src"), 0o555);

  const toolchain = await fetchWith(`echo "$*" > ${dir}/asked; echo '{"Dir": "${dir}/module"}'`);

  expect(toolchain).toEqual({ path: go, version: "1.25.11" });
  expect([go, compiler].map((file) => statSync(file).mode & 0o111)).toEqual([0o111, 0o111]);
  expect(readFileSync(path.join(dir, "module/src/go.mod"), "utf8")).toBe("module std\n");
  expect(readFileSync(path.join(dir, "module/src/cmd/go.mod"), "utf8")).toBe("module cmd\n");
  expect(readFileSync(path.join(dir, "asked"), "utf8")).toBe(
    "mod download -json golang.org/toolchain@v0.0.1-go1.25.11.linux-amd64\n",
  );
  chmodSync(path.join(dir, "module/src"), 0o755);
});

it("asks for a newer Go when the download fails", async () => {
  await expect(fetchWith("echo 'dial tcp: no such host' >&2; exit 1")).rejects.toThrow(
    "go 1.19.8: cannot fetch the Go 1.25.11 that the build of Pulumi needs; install Go 1.25.11 or newer\n  - dial tcp: no such host",
  );
  expect(existsSync(path.join(dir, "go.log"))).toBe(true);
});
