import { expect, it } from "vitest";
import { treeDigest } from "./tree-digest.ts";

const a = { path: "a.ts", sha256: "11" };
const b = { path: "b.ts", sha256: "22" };

it("does not depend on the order of the files", () => {
  expect(treeDigest([a, b])).toBe(treeDigest([b, a]));
});

it("changes with the content, the path and the set of files", () => {
  const digests = [[a, b], [a], [a, { ...b, sha256: "33" }], [a, { ...b, path: "c.ts" }]].map(treeDigest);
  expect(new Set(digests).size).toBe(4);
});
