import { describe, expect, it } from "vitest";
import { explainGoFailure, parseGoOutput } from "./go-build-progress.ts";

describe("parseGoOutput", () => {
  it("knows a fetched module", () => {
    expect(parseGoOutput("go: downloading cloud.google.com/go/kms v1.26.0")).toEqual({
      kind: "module",
      name: "cloud.google.com/go/kms",
    });
  });

  it.each(["unicode", "internal/goarch", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", "gopkg.in/yaml.v3"])(
    "knows the package %s",
    (name) => {
      expect(parseGoOutput(name)).toEqual({ kind: "package", name });
    },
  );

  it.each(["# example.com/broken", "./main.go:3:1: syntax error", "go: updates to go.mod needed", ""])(
    "does not count %j",
    (text) => {
      expect(parseGoOutput(text)).toEqual({ kind: "other", text });
    },
  );
});

describe("explainGoFailure", () => {
  it("names a full disk, too little memory and an unreachable proxy", () => {
    expect(explainGoFailure("write /tmp/x: no space left on device")).toMatch(/^the disk is full/);
    expect(explainGoFailure("compile: signal: killed")).toMatch(/^the memory was not enough/);
    expect(explainGoFailure("dial tcp: lookup proxy.example: no such host")).toMatch(/^the Go module proxy/);
  });

  it("leaves any other failure to go's own words", () => {
    expect(explainGoFailure("./main.go:3:1: syntax error")).toBeUndefined();
  });
});
