import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expandPattern } from "./static-files.ts";

const files = [
  "e.bin",
  ".hidden.bin",
  "data/f1.bin",
  "data/a.txt",
  "data/b.txt",
  "data/q[1].txt",
  "data/deep/d.bin",
  "data/deep/er/f3.bin",
  ".hid/in.bin",
];
let root: string;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), "jobstack-static-"));
  for (const name of files) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), "");
  }
});
afterAll(() => rmSync(root, { recursive: true }));

// What Supabase's CLI 3.1.0 uploaded for each, where it does not stop at a folder.
it.each([
  ["*.bin", [".hidden.bin", "e.bin"]],
  ["**/*.bin", [".hid/in.bin", "data/deep/d.bin", "data/deep/er/f3.bin", "data/f1.bin"]],
  ["**/deep/*.bin", ["data/deep/d.bin"]],
  ["data/?.txt", ["data/a.txt", "data/b.txt"]],
  ["data/[ab].txt", ["data/a.txt", "data/b.txt"]],
  ["data/[^a].txt", ["data/b.txt"]],
  ["data/{a,b}.txt", []],
  ["data/*", ["data/a.txt", "data/b.txt", "data/f1.bin", "data/q[1].txt"]],
  ["*/deep/**", ["data/deep/d.bin", "data/deep/er/f3.bin"]],
  ["nowhere/*.txt", []],
])("%s names %j", async (pattern, expected) => {
  expect(await expandPattern(root, pattern)).toEqual(expected);
});
