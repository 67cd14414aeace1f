import { expect, it } from "vitest";
import { formatPath, valueAt } from "./path.ts";

it("writes paths in Pulumi's notation", () => {
  expect(formatPath(["files", 0, "sql"])).toBe("files[0].sql");
  expect(formatPath(["sources", 'a "b".ts'])).toBe('sources["a \\"b\\".ts"]');
  expect(formatPath(["a-b", "c"])).toBe('["a-b"].c');
});

it("finds the value at a path, or nothing", () => {
  const root = { files: [{ sql: "x" }], none: null };
  expect(valueAt(root, ["files", 0, "sql"])).toBe("x");
  expect(valueAt(root, ["files", 1, "sql"])).toBeUndefined();
  expect(valueAt(root, ["none", "deeper"])).toBeUndefined();
  expect(valueAt(root, [])).toBe(root);
});
