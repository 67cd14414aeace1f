import { expect, it } from "vitest";
import { UserError } from "../../user-error.ts";
import type { Demo, DemoContext } from "./demo.ts";
import { runDemos } from "./run-demos.ts";

const context = {} as DemoContext;

function demo(title: string, run: Demo["run"]): Demo {
  return { system: title.toLowerCase(), title, run };
}

it("prints one line for each demo, as they end", async () => {
  const lines: string[] = [];
  const slow = demo("Stories", async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return "5 written";
  });
  const quick = demo("Packs", async () => "3 packs");
  expect(await runDemos([slow, quick], context, (line) => lines.push(line))).toBe(true);
  expect(lines).toEqual([
    expect.stringMatching(/Packs {4}3 packs$/),
    expect.stringMatching(/Stories {2}5 written$/),
  ]);
});

it("runs the others when one fails, and says which", async () => {
  const lines: string[] = [];
  const failing = demo("Stories", () => Promise.reject(new UserError("a story failed: no key")));
  const good = demo("Packs", async () => "3 packs");
  expect(await runDemos([failing, good], context, (line) => lines.push(line))).toBe(false);
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/Stories {2}a story failed: no key$/),
      expect.stringMatching(/Packs {4}3 packs$/),
    ]),
  );
});
