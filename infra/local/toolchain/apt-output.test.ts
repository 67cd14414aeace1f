import { describe, expect, it } from "vitest";
import {
  aptErrors,
  isLockFailure,
  isOutdatedListFailure,
  parseAptStatus,
  parsePolicy,
} from "./apt-output.ts";

describe("parsePolicy", () => {
  it("reads what is installed and what is offered, and leaves out what apt does not know", () => {
    const output = [
      "postgresql-15:",
      "  Installed: 15.1-0+deb12u1",
      "  Candidate: 15.2-0+deb12u1",
      "  Version table:",
      "     15.2-0+deb12u1 500",
      "        500 http://archive.example/debian bookworm/main amd64 Packages",
      " *** 15.1-0+deb12u1 100",
      "golang-go:",
      "  Installed: (none)",
      "  Candidate: 2:1.19~1",
      "virtual-package:",
      "  Installed: (none)",
      "  Candidate: (none)",
    ].join("\n");
    expect(Object.fromEntries(parsePolicy(output))).toEqual({
      "postgresql-15": { installed: "15.1-0+deb12u1", candidate: "15.2-0+deb12u1" },
      "golang-go": { installed: null, candidate: "2:1.19~1" },
      "virtual-package": { installed: null, candidate: null },
    });
  });
});

describe("parseAptStatus", () => {
  it("reads the progress of a download", () => {
    expect(parseAptStatus("dlstatus:1:12.5349:Retrieving file 1 of 3")).toBe("downloading packages, 12 %");
  });

  it("reads the progress of an installation", () => {
    expect(parseAptStatus("pmstatus:prometheus:55.1:Unpacking prometheus (amd64)")).toBe(
      "installing packages, 55 %: Unpacking prometheus (amd64)",
    );
  });

  it("understands a package name with its architecture", () => {
    expect(parseAptStatus("pmstatus:libc6:amd64:100:Installed libc6")).toBe(
      "installing packages, 100 %: Installed libc6",
    );
  });

  it("passes over every other line", () => {
    expect(parseAptStatus("Setting up prometheus (2.42.0) ...")).toBeUndefined();
  });
});

describe("failures of apt", () => {
  it("are known to come from old package lists", () => {
    expect(isOutdatedListFailure("E: Failed to fetch http://archive.example/x.deb  404  Not Found")).toBe(
      true,
    );
    expect(isOutdatedListFailure("E: You don't have enough free space in /var/cache/apt/archives/.")).toBe(
      false,
    );
  });

  it("are known to come from another apt", () => {
    expect(
      isLockFailure("E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)"),
    ).toBe(true);
    expect(isLockFailure("E: Unable to locate package x")).toBe(false);
  });

  it("are shown by their error lines, and by the last lines where there are none", () => {
    expect(aptErrors("Reading lists\nE: Unable to locate package x\npmstatus:x:1.0:X\n")).toEqual([
      "E: Unable to locate package x",
    ]);
    expect(aptErrors("dlstatus:1:1.0:X\nsudo: a password is required\n")).toEqual([
      "sudo: a password is required",
    ]);
  });
});
