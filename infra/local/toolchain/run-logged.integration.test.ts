import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CommandFailedError, runLogged } from "./run-logged.ts";

let dir: string;
let logFile: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "jobstack-logged-"));
  logFile = path.join(dir, "logs/x.log");
});

afterEach(() => rmSync(dir, { recursive: true }));

it("appends both outputs to the log and hands over each line", async () => {
  const lines: string[] = [];
  const onLine = (line: string) => lines.push(line);
  await runLogged("sh", ["-c", "echo one; echo two >&2; printf three"], { logFile, onLine });
  await runLogged("echo", ["four"], { logFile, onLine });
  expect(lines).toEqual(["one", "two", "three", "four"]);
  expect(readFileSync(logFile, "utf8")).toContain("$ echo four\nfour\n");
});

it("returns standard output when it is asked for, and keeps it out of the log", async () => {
  expect(await runLogged("sh", ["-c", "echo out; echo err >&2"], { logFile, captureStdout: true })).toBe(
    "out\n",
  );
  expect(readFileSync(logFile, "utf8")).not.toMatch(/^out$/m);
});

it("fails with the last lines of this run only", async () => {
  await runLogged("echo", ["an earlier run"], { logFile });
  const error = await runLogged("sh", ["-c", "echo a; echo b; echo c; exit 3"], { logFile }).catch(
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(CommandFailedError);
  expect((error as CommandFailedError).message).toBe("sh ended with exit code 3");
  expect((error as CommandFailedError).tail(2)).toEqual(["b", "c"]);
  expect((error as CommandFailedError).output).not.toContain("an earlier run");
});

it("fails the same way when the program is not there", async () => {
  await expect(runLogged("/nowhere/go", ["build"], { logFile })).rejects.toThrow(
    /^go could not be started: .*ENOENT/,
  );
});

it("waits for a cancelled program to clean up", async () => {
  const cancel = new AbortController();
  const script = "trap 'echo cleaned; exit 1' TERM; echo begun; while :; do sleep 0.05; done";
  const onLine = (line: string) => {
    if (line === "begun") cancel.abort();
  };
  await expect(runLogged("sh", ["-c", script], { logFile, onLine, signal: cancel.signal })).rejects.toThrow(
    "aborted",
  );
  expect(readFileSync(logFile, "utf8")).toContain("cleaned");
});
