import { describe, expect, it } from "vitest";
import { parseImportMap, resolveSpecifier } from "./import-map.ts";

describe("resolveSpecifier", () => {
  const map = parseImportMap(
    "functions/hello/deno.jsonc",
    `{
      // The shared part.
      "imports": {
        "shared/": "../_shared/",
        "shared/special.ts": "./special.ts",
        "db": "npm:postgres@3", /* from a registry */
      },
      "scopes": { "./vendor/": { "db": "./vendor/db.ts" } },
    }`,
  );

  it.each([
    ["./a.ts", "functions/hello/index.ts", "functions/hello/a.ts"],
    ["../_shared/b.ts", "functions/hello/index.ts", "functions/_shared/b.ts"],
    ["shared/c.ts", "functions/hello/index.ts", "functions/_shared/c.ts"],
    ["shared/special.ts", "functions/hello/index.ts", "functions/hello/special.ts"],
    ["db", "functions/hello/vendor/x.ts", "functions/hello/vendor/db.ts"],
    ["./a.ts?v=1#top", "functions/hello/index.ts", "functions/hello/a.ts"],
    ["./a%20b.ts", "functions/hello/index.ts", "functions/hello/a b.ts"],
    ["./100%.ts", "functions/hello/index.ts", "functions/hello/100%.ts"],
    ["../../../x.ts", "functions/hello/index.ts", "../x.ts"],
    ["/etc/x.ts", "functions/hello/index.ts", "/etc/x.ts"],
  ])("takes %j in %j for %j", (specifier, importer, file) => {
    expect(resolveSpecifier(specifier, importer, map)).toBe(file);
  });

  it.each(["db", "npm:zod", "jsr:@std/assert", "https://deno.land/x/a.ts", "node:path", "zod"])(
    "takes %j for no file of the project",
    (specifier) => {
      expect(resolveSpecifier(specifier, "functions/hello/index.ts", map)).toBeUndefined();
    },
  );

  it("needs no import map for relative paths", () => {
    expect(resolveSpecifier("../x.ts", "functions/hello/index.ts", undefined)).toBe("functions/x.ts");
  });
});

it("parseImportMap knows a deno.json that names another file", () => {
  expect(parseImportMap("functions/deno.json", '{"importMap": "../maps/import_map.json"}').reference).toBe(
    "maps/import_map.json",
  );
});

it("parseImportMap takes a map of its own before another file", () => {
  const text = '{"importMap": "../map.json", "imports": {"a": "./a.ts"}}';
  expect(parseImportMap("functions/deno.json", text).reference).toBeUndefined();
});

it("parseImportMap refuses what is no import map", () => {
  expect(() => parseImportMap("deno.json", '{"imports": ["a"]}')).toThrow();
  expect(() => parseImportMap("deno.json", "imports")).toThrow(SyntaxError);
});
