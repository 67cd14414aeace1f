import { describe, expect, it } from "vitest";
import { chooseGo, compareGoVersions, goPlatform, parseGoVersion, requiredGoVersion } from "./go-version.ts";

const go = (version: string) => ({ path: `/go/${version}/bin/go`, version });

describe("chooseGo", () => {
  it("takes the first that is new enough", () => {
    expect(chooseGo([go("1.19.8"), go("1.26.0"), go("1.25.11")], "1.25.11")).toEqual({
      kind: "ready",
      go: go("1.26.0"),
    });
  });

  it("lets the newest of the old ones fetch the release that is needed", () => {
    expect(chooseGo([go("1.18"), go("1.19.8")], "1.25.11")).toEqual({
      kind: "fetches-newer",
      go: go("1.19.8"),
    });
  });

  it("has no use for one that cannot fetch a toolchain, nor for none", () => {
    expect(chooseGo([go("1.11.6")], "1.25.11")).toEqual({ kind: "none" });
    expect(chooseGo([], "1.25.11")).toEqual({ kind: "none" });
  });
});

describe("compareGoVersions", () => {
  it("orders by number, not by letter", () => {
    const sorted = ["1.25.11", "1.9", "1.25.2", "1.26rc1", "1.25", "1.26.0", "1.26beta1"].sort(
      compareGoVersions,
    );
    expect(sorted).toEqual(["1.9", "1.25", "1.25.2", "1.25.11", "1.26beta1", "1.26rc1", "1.26.0"]);
  });

  it("takes 1.25 and 1.25.0 for the same", () => {
    expect(compareGoVersions("1.25", "1.25.0")).toBe(0);
  });
});

describe("parseGoVersion", () => {
  it("reads a release, also a candidate or one with experiments", () => {
    expect(parseGoVersion("go version go1.25.11 linux/amd64")).toBe("1.25.11");
    expect(parseGoVersion("go version go1.26rc1 darwin/arm64")).toBe("1.26rc1");
    expect(parseGoVersion("go version go1.25.3 X:nocoverageredesign linux/amd64")).toBe("1.25.3");
  });

  it("reads nothing from a development build", () => {
    expect(parseGoVersion("go version devel +abcdef linux/amd64")).toBeUndefined();
  });
});

describe("requiredGoVersion", () => {
  it("reads the go line, not a module whose path begins with go", () => {
    expect(requiredGoVersion("module m\n\ngo 1.25.11\n\nrequire go.uber.org/zap v1.0.0\n")).toBe("1.25.11");
  });

  it("refuses a file without one", () => {
    expect(() => requiredGoVersion("module m\n")).toThrow('go.mod: has no "go" line');
  });
});

describe("goPlatform", () => {
  it("knows the machines Jobstack builds on", () => {
    expect(goPlatform("linux", "x64")).toBe("linux-amd64");
    expect(goPlatform("linux", "arm64")).toBe("linux-arm64");
    expect(goPlatform("darwin", "arm64")).toBe("darwin-arm64");
  });

  it("knows no other", () => {
    expect(goPlatform("win32", "x64")).toBeUndefined();
    expect(goPlatform("linux", "riscv64")).toBeUndefined();
  });
});
