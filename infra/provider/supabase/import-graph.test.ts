import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { digestsOf, type FunctionSource, readImportGraph } from "./import-graph.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "jobstack-graph-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), content);
  }
}

const read = (more: Partial<FunctionSource> = {}) =>
  readImportGraph({
    root,
    entrypoint: "functions/hello/index.ts",
    importMap: undefined,
    staticFiles: [],
    ...more,
  });

it("takes the entry, everything it reaches, and nothing else", async () => {
  write({
    "functions/hello/index.ts":
      'import "../_shared/a.ts"; import data from "./data.json"; await import("./late.ts");',
    "functions/hello/data.json": '{"text": "import \\"./no.ts\\""}',
    "functions/hello/late.ts": 'import "npm:postgres@3";',
    "functions/hello/unused.ts": "",
    "functions/_shared/a.ts": 'export * from "./b.ts";',
    "functions/_shared/b.ts": 'import type { A } from "./a.ts";',
  });
  const graph = await read();
  expect(graph.problems).toEqual([]);
  expect(graph.importMap).toBe("");
  expect([...graph.files.keys()]).toEqual([
    "functions/hello/index.ts",
    "functions/_shared/a.ts",
    "functions/hello/data.json",
    "functions/hello/late.ts",
    "functions/_shared/b.ts",
  ]);
});

it("finds the deno.json beside the entry and what it maps", async () => {
  write({
    "functions/hello/deno.json": '{"importMap": "../map.json"}',
    "functions/map.json": '{"imports": {"lib/": "./lib/"}}',
    "functions/lib/x.ts": "",
    "functions/hello/index.ts": 'import "lib/x.ts"; import "other";',
  });
  const graph = await read();
  expect(graph.problems).toEqual([]);
  expect(graph.importMap).toBe("functions/hello/deno.json");
  expect([...graph.files.keys()]).toEqual([
    "functions/hello/deno.json",
    "functions/map.json",
    "functions/hello/index.ts",
    "functions/lib/x.ts",
  ]);
});

it("names every file that is missing, and who wanted it", async () => {
  write({
    "functions/hello/index.ts": 'import "./gone.ts"; import "../_shared/other"; import "../_shared";',
    "functions/_shared/x.ts": "",
  });
  const { problems } = await read({ importMap: "map.json", staticFiles: ["a.txt", "data/*.txt"] });
  expect(problems).toEqual([
    { path: ["importMap"], reason: 'file "map.json" does not exist; correct the path, with its extension' },
    { path: ["staticFiles", 0], reason: 'file "a.txt" does not exist; correct the path, with its extension' },
    { path: ["staticFiles", 1], reason: '"data/*.txt" matches no file; correct it or remove it' },
    {
      path: ["entrypoint"],
      reason:
        'file "functions/hello/gone.ts", imported by "functions/hello/index.ts", does not exist; correct the path, with its extension',
    },
    {
      path: ["entrypoint"],
      reason:
        'file "functions/_shared/other", imported by "functions/hello/index.ts", does not exist; correct the path, with its extension',
    },
    {
      path: ["entrypoint"],
      reason:
        'file "functions/_shared", imported by "functions/hello/index.ts", is a folder; name a file, with its extension',
    },
  ]);
});

it("says so when the entry itself is missing", async () => {
  const { problems } = await read();
  expect(problems).toEqual([
    {
      path: ["entrypoint"],
      reason: 'file "functions/hello/index.ts" does not exist; correct the path, with its extension',
    },
  ]);
});

it("refuses an import that leads out of the project", async () => {
  write({ "functions/hello/index.ts": 'import "../../../secrets.ts";' });
  expect((await read()).problems).toEqual([
    {
      path: ["entrypoint"],
      reason:
        '"functions/hello/index.ts" imports "../../../secrets.ts", which lies outside of the project; move it inside',
    },
  ]);
});

it("refuses an import map that is none", async () => {
  write({ "functions/hello/index.ts": "", "functions/hello/deno.json": "{" });
  const [problem] = (await read()).problems;
  expect(problem?.path).toEqual(["importMap"]);
  expect(problem?.reason).toMatch(/^"functions\/hello\/deno.json" is not an import map: .*; correct it$/);
});

it("takes static files by name and by pattern", async () => {
  write({
    "functions/hello/index.ts": "",
    "data/a.txt": "",
    "data/b.txt": "",
    "data/c.md": "",
    "one.bin": "",
  });
  const { files } = await read({ staticFiles: ["data/*.txt", "one.bin"] });
  expect([...files.keys()].sort()).toEqual([
    "data/a.txt",
    "data/b.txt",
    "functions/hello/index.ts",
    "one.bin",
  ]);
});

it("digests every file by its path", async () => {
  write({ "functions/hello/index.ts": "" });
  expect(digestsOf(await read())).toEqual({
    "functions/hello/index.ts": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  });
});
