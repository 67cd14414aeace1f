import { describe, expect, it } from "vitest";
import { effectiveImportMap } from "./import-map.ts";
import { importSpecifiers } from "./import-specifiers.ts";
import { parseJsonc } from "./jsonc.ts";

const shims = { edgeRuntime: "./shims/edge-runtime.ts", httpServer: "./shims/http-server.ts" };
const folder = "./files/supabase/functions/hello";

describe("effectiveImportMap", () => {
  it("is empty for a function without a map and without known imports", () => {
    const map = effectiveImportMap({ own: null, specifiers: ["npm:postgres@3.4.9", "./a.ts"], shims });
    expect(map).toEqual({ imports: {}, scopes: {} });
  });

  it("sends the imports of Supabase's documentation to npm or to a stand-in", () => {
    const specifiers = [
      "jsr:@supabase/functions-js/edge-runtime.d.ts",
      "jsr:@supabase/functions-js@2/edge-runtime.d.ts",
      "npm:@supabase/functions-js@2/src/edge-runtime.d.ts",
      "jsr:@supabase/supabase-js@2",
      "https://esm.sh/@supabase/supabase-js@2.38.4?target=deno",
      "https://deno.land/std@0.168.0/http/server.ts",
    ];
    expect(effectiveImportMap({ own: null, specifiers, shims }).imports).toEqual({
      "jsr:@supabase/functions-js/edge-runtime.d.ts": "./shims/edge-runtime.ts",
      "jsr:@supabase/functions-js@2/edge-runtime.d.ts": "./shims/edge-runtime.ts",
      "npm:@supabase/functions-js@2/src/edge-runtime.d.ts": "./shims/edge-runtime.ts",
      "jsr:@supabase/supabase-js@2": "npm:@supabase/supabase-js@2",
      "https://esm.sh/@supabase/supabase-js@2.38.4?target=deno": "npm:@supabase/supabase-js@2.38.4",
      "https://deno.land/std@0.168.0/http/server.ts": "./shims/http-server.ts",
    });
  });

  it("moves relative addresses, keys and scopes to the new folder and leaves the others", () => {
    const map = {
      imports: { "@shared/": "../_shared/", "./old.ts": "./new.ts", zod: "npm:zod@4", root: "/etc/x.ts" },
      scopes: { "./lib/": { log: "../_shared/log.ts" } },
    };
    const own = { map, folder, isDenoConfig: false };
    expect(effectiveImportMap({ own, specifiers: [], shims })).toEqual({
      imports: {
        "@shared/": "./files/supabase/functions/_shared/",
        "./files/supabase/functions/hello/old.ts": "./files/supabase/functions/hello/new.ts",
        zod: "npm:zod@4",
        root: "/etc/x.ts",
      },
      scopes: {
        "./files/supabase/functions/hello/lib/": { log: "./files/supabase/functions/_shared/log.ts" },
      },
    });
  });

  it("covers subpaths of packages only for a deno.json", () => {
    const map = { imports: { hono: "npm:hono@^4", "@std/assert": "jsr:@std/assert@1" } };
    const of = (isDenoConfig: boolean) =>
      effectiveImportMap({ own: { map, folder, isDenoConfig }, specifiers: [], shims }).imports;
    expect(of(false)).toEqual(map.imports);
    expect(of(true)).toEqual({
      ...map.imports,
      "hono/": "npm:/hono@^4/",
      "@std/assert/": "jsr:/@std/assert@1/",
    });
  });

  it("prefers the function's own entry to a stand-in", () => {
    const specifier = "jsr:@supabase/supabase-js@2";
    const map = { imports: { [specifier]: "npm:@supabase/supabase-js@2.50.0" } };
    const own = { map, folder, isDenoConfig: false };
    expect(effectiveImportMap({ own, specifiers: [specifier], shims }).imports).toEqual(map.imports);
  });

  it("replaces an address that only the internet has inside the function's own map", () => {
    const map = { imports: { supabase: "https://esm.sh/@supabase/supabase-js@2" } };
    const own = { map, folder, isDenoConfig: false };
    expect(effectiveImportMap({ own, specifiers: [], shims }).imports).toEqual({
      supabase: "npm:@supabase/supabase-js@2",
    });
  });
});

describe("importSpecifiers", () => {
  it("finds static, side-effect, re-exported, dynamic and multi-line imports", () => {
    const source = `
      import postgres from "npm:postgres@3.4.9";
      import 'jsr:@supabase/functions-js/edge-runtime.d.ts'
      export * from "./a.ts";
      import {
        b,
      } from "./b.ts";
      const c = await import("./c.ts");
    `;
    expect(importSpecifiers(source)).toEqual([
      "npm:postgres@3.4.9",
      "jsr:@supabase/functions-js/edge-runtime.d.ts",
      "./a.ts",
      "./b.ts",
      "./c.ts",
    ]);
  });

  it("finds nothing in a source without imports", () => {
    expect(importSpecifiers("Deno.serve(() => new Response('from here'));")).toEqual([]);
  });
});

describe("parseJsonc", () => {
  it("drops comments and trailing commas and keeps strings that look like them", () => {
    const text = '{ // one\n "a": "http://x/*y*/", /* two */ "b": [1, 2,], "c": ",}", }';
    expect(parseJsonc(text)).toEqual({ a: "http://x/*y*/", b: [1, 2], c: ",}" });
  });

  it("refuses what is no JSON", () => {
    expect(() => parseJsonc("{ a: 1 }")).toThrow(SyntaxError);
  });
});
