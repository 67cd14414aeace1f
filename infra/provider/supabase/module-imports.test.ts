import { expect, it } from "vitest";
import { moduleImports } from "./module-imports.ts";

it("finds static, dynamic and type imports, and re-exports", () => {
  const source = `
    import "./effect.ts";
    import a from './a.ts';
    import { b, type B } from "../_shared/b.ts";
    import * as c from "npm:c@1";
    import type { D } from "./d.ts";
    import data from "./data.json" with { type: "json" };
    import e,
      { f }
      from "./e.ts";
    export * from "./g.ts";
    export { h } from "./h.ts";
    const i = await import("./i.ts");
    const j = await import(\`./j.ts\`);
    const k = await import(
      "./k.ts"
    );
  `;
  expect(moduleImports(source)).toEqual([
    "./effect.ts",
    "./a.ts",
    "../_shared/b.ts",
    "npm:c@1",
    "./d.ts",
    "./data.json",
    "./e.ts",
    "./g.ts",
    "./h.ts",
    "./i.ts",
    "./j.ts",
    "./k.ts",
  ]);
});

it("is not misled by comments, texts and regular expressions", () => {
  const source = `
    // import "./comment.ts";
    /* import "./block.ts"; */
    const sql = 'select * from "./table.ts"';
    const text = "import './text.ts'";
    const template = \`import "./template.ts" \${x}\`;
    const quote = /["'\`/]/g;
    const url = "https://example.com"; // from "./trailing.ts"
    const ratio = a / b; import("./after-division.ts");
    const escaped = "\\"; import './escaped.ts'";
    import(name);
  `;
  expect(moduleImports(source)).toEqual(["./after-division.ts"]);
});

it("follows no import whose name is computed", () => {
  expect(moduleImports("await import(`./locale/$" + "{name}.ts`); await import(name);")).toEqual([]);
});
