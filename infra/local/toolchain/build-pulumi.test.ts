import { readFileSync } from "node:fs";
import path from "node:path";
import { version } from "@pulumi/pulumi/version.js";
import { expect, it } from "vitest";
import { pulumiModuleDir } from "./provide-go.ts";

it("pins the CLI that is built to the version of the SDK", () => {
  const goMod = readFileSync(path.join(pulumiModuleDir, "go.mod"), "utf8");
  expect(goMod).toContain(`github.com/pulumi/pulumi/pkg/v3 v${version}`);
});

it("has a checksum for every module it requires", () => {
  const goMod = readFileSync(path.join(pulumiModuleDir, "go.mod"), "utf8");
  const goSum = readFileSync(path.join(pulumiModuleDir, "go.sum"), "utf8");
  const required = [...goMod.matchAll(/^\t(\S+ v\S+)/gm)].map(([, module]) => module ?? "");
  expect(required.length).toBeGreaterThan(100);
  expect(required.filter((module) => !goSum.includes(`${module}/go.mod h1:`))).toEqual([]);
});
