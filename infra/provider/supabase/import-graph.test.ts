import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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
  expect(digestsOf((await read()).files)).toEqual({
    "functions/hello/index.ts": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  });
});

it("keeps bytes as they are, and finds imports in lines that end as on Windows", async () => {
  const bytes = Buffer.from([0, 255, 13, 10, 26, 195]);
  write({ "functions/hello/index.ts": 'import "./a.ts";\r\nimport {\r\n  b,\r\n} from "./b.ts";\r\n' });
  write({ "functions/hello/a.ts": "", "functions/hello/b.ts": "\ufeffexport const b = 1;\r\n" });
  writeFileSync(path.join(root, "bytes.bin"), bytes);
  const { files, problems } = await read({ staticFiles: ["bytes.bin"] });
  expect(problems).toEqual([]);
  expect(files.get("bytes.bin")).toEqual(bytes);
  expect(files.get("functions/hello/b.ts")?.toString()).toBe("\ufeffexport const b = 1;\r\n");
  expect(files.has("functions/hello/a.ts")).toBe(true);
});

it("follows prefixes and scopes of an import map, and no package, address or lock file", async () => {
  write({
    "functions/hello/deno.json": `{
      "imports": { "@shared/": "../_shared/", "db": "npm:postgres@3", "one": "./one.ts" },
      "scopes": { "../_shared/": { "inner": "../_shared/deep/inner.ts" } },
      "lock": "./deno.lock"
    }`,
    "functions/hello/deno.lock": "{}",
    "functions/hello/one.ts": "",
    "functions/hello/index.ts": `
      import "@shared/a.ts"; import "db"; import "one";
      import "jsr:@std/assert"; import "https://example.com/x.ts"; import "node:fs"; import "npm:zod@4";
      import data from "./data.json" with { type: "json" };
      export type { T } from "./types.ts";`,
    "functions/hello/data.json": "{}",
    "functions/hello/types.ts": "export type T = 1;",
    "functions/_shared/a.ts": 'import "inner";',
    "functions/_shared/unused.ts": "",
    "functions/_shared/deep/inner.ts": 'export * from "../c.ts";',
    "functions/_shared/c.ts": "",
  });
  const { files, problems } = await read();
  expect(problems).toEqual([]);
  expect([...files.keys()].sort()).toEqual([
    "functions/_shared/a.ts",
    "functions/_shared/c.ts",
    "functions/_shared/deep/inner.ts",
    "functions/hello/data.json",
    "functions/hello/deno.json",
    "functions/hello/index.ts",
    "functions/hello/one.ts",
    "functions/hello/types.ts",
  ]);
});

it("falls back on the import map of all functions", async () => {
  write({
    "functions/import_map.json": '{"imports": {"@shared/": "./_shared/"}}',
    "functions/hello/index.ts": 'import "@shared/a.ts";',
    "functions/_shared/a.ts": "",
  });
  const { files, importMap } = await read();
  expect(importMap).toBe("functions/import_map.json");
  expect(files.has("functions/_shared/a.ts")).toBe(true);
});

it("takes the target of a link within the project, and publishes nothing from outside through one", async () => {
  const outside = mkdtempSync(path.join(tmpdir(), "jobstack-outside-"));
  writeFileSync(path.join(outside, "secret.ts"), "export const secret = 'canary';");
  write({
    "functions/hello/index.ts": 'import "./inside.ts"; import "./outside.ts"; import "./folder/secret.ts";',
    "functions/_shared/a.ts": "export const a = 1;",
  });
  symlinkSync("../_shared/a.ts", path.join(root, "functions/hello/inside.ts"));
  symlinkSync(path.join(outside, "secret.ts"), path.join(root, "functions/hello/outside.ts"));
  symlinkSync(outside, path.join(root, "functions/hello/folder"));
  symlinkSync(path.join(outside, "secret.ts"), path.join(root, "functions/hello/deno.json"));
  const { files, problems } = await read({ staticFiles: ["functions/hello/out*.ts"] });
  rmSync(outside, { recursive: true });
  expect(files.get("functions/hello/inside.ts")?.toString()).toBe("export const a = 1;");
  expect([...files.keys()]).toEqual(["functions/hello/index.ts", "functions/hello/inside.ts"]);
  const by = 'imported by "functions/hello/index.ts",';
  expect(problems.map(({ path: [input], reason }) => `${input}: ${reason}`)).toEqual([
    'entrypoint: file "functions/hello/deno.json" lies outside of the project; move it inside',
    'staticFiles: file "functions/hello/outside.ts" lies outside of the project; move it inside',
    `entrypoint: file "functions/hello/outside.ts", ${by} lies outside of the project; move it inside`,
    `entrypoint: file "functions/hello/folder/secret.ts", ${by} lies outside of the project; move it inside`,
  ]);
});

it.each([
  ["an absolute path", 'import "/etc/passwd.ts";', {}],
  ["a map", 'import "up/x.ts";', { "functions/hello/deno.json": '{"imports": {"up/": "../../../"}}' }],
  ["a reference", "", { "functions/hello/deno.json": '{"importMap": "../../../map.json"}' }],
])("refuses %s that leads out of the project", async (_case, code, more) => {
  write({ "functions/hello/index.ts": code, ...more });
  const [problem] = (await read()).problems;
  expect(problem?.reason).toMatch(/lies outside of the project; move it inside$/);
});

it("reads the same project anywhere, also through a link", async () => {
  write({ "functions/hello/index.ts": 'import "../_shared/a.ts";', "functions/_shared/a.ts": "" });
  const link = `${root}-link`;
  symlinkSync(root, link);
  const [here, there] = [await read(), await read({ root: link })];
  rmSync(link);
  expect(there.problems).toEqual([]);
  expect(digestsOf(there.files)).toEqual(digestsOf(here.files));
});

it("does not look at what is not imported", async () => {
  write({ "functions/hello/index.ts": '// import "./notes.ts";\n', "functions/hello/notes.ts": "1" });
  const before = digestsOf((await read()).files);
  renameSync(path.join(root, "functions/hello/notes.ts"), path.join(root, "functions/hello/other.ts"));
  expect(digestsOf((await read()).files)).toEqual(before);
});
