import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { resources } from "./resources.ts";

describe("the resources", () => {
  it("have different kinds", () => {
    expect(new Set(resources.map(({ kind }) => kind)).size).toBe(resources.length);
  });

  it("identify an object by nothing but the inputs that they declare as its identity", () => {
    for (const resource of resources) {
      const inputs = Object.fromEntries(resource.identity.map((key) => [key, `the_${key}`]));
      expect(resource.id(inputs)).toBe(resource.identity.map((key) => `the_${key}`).join("."));
    }
  });

  it("are unknown to the kernel, which treats all alike", () => {
    const kernel = path.join(import.meta.dirname, "kernel");
    for (const name of readdirSync(kernel)) {
      const text = readFileSync(path.join(kernel, name), "utf8");
      // The interface gives one as an example.
      const mentioned = resources.filter(({ kind }) => text.includes(`"${kind}"`) && name !== "resource.ts");
      expect({ name, mentioned }).toEqual({ name, mentioned: [] });
    }
  });

  it("each have a file of their own and a test of the contract", () => {
    const files = readdirSync(path.join(import.meta.dirname, "resources"));
    for (const { kind } of resources) {
      const name = kind.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
      expect(files).toContain(`${name}.ts`);
      const test = readFileSync(
        path.join(import.meta.dirname, "resources", `${name}.integration.test.ts`),
        "utf8",
      );
      expect(test).toContain(`describeContract({\n  kind: "${kind}",`);
    }
  });
});
